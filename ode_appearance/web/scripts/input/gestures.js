// Fingers and mouse over the picture: one does what the tool says, two move and zoom.

class Gestures {
  /** `tools` are {light, move, paint}, each with begin(share, event) and go(share, from); `cancel()` of some takes back what
   *  the first of two fingers began. */
  constructor(stage, store, tools) {
    Object.assign(this, { stage, store, tools, pointers: new Map() });
    const { picture } = stage;
    picture.addEventListener("pointerdown", (event) => this.down(event));
    picture.addEventListener("pointermove", (event) => this.move(event));
    for (const kind of ["pointerup", "pointercancel"]) picture.addEventListener(kind, (event) => this.up(event));
    picture.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    picture.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  down(event) {
    if (!this.store.scene || event.target.closest(".ode-divider")) return;
    if (this.pointers.size === 1 && event.pointerType === "touch") this.tool?.cancel?.();
    this.stage.picture.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, this.stage.shareOf(event));
    if (this.pointers.size > 1) {
      this.tool = null;
      return;
    }
    const moving = event.button !== 0 || event.altKey;
    this.tool = this.tools[moving ? "move" : this.store.view.tool];
    this.stage.canvas.focus({ preventScroll: true, focusVisible: false });
    this.tool.begin(this.stage.shareOf(event), event);
    event.preventDefault();
  }

  move(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const share = this.stage.shareOf(event);
    this.pointers.set(event.pointerId, share);
    if (this.tool) this.tool.go(share, before);
    else if (this.pointers.size === 2) this.pinch(event.pointerId, before, share);
    event.preventDefault();
  }

  up(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    this.tool = null;
  }

  pinch(moved, before, share) {
    const [, other] = [...this.pointers].find(([id]) => id !== moved);
    const apart = (place) => Math.hypot(place[0] - other[0], place[1] - other[1]);
    const middle = (place) => place.map((at, axis) => (at + other[axis]) / 2);
    this.tools.move.go(middle(share), middle(before));
    this.tools.move.zoom(apart(share) / Math.max(apart(before), 0.01), middle(share));
  }

  /** The page scrolls as everywhere; with Ctrl (as a touchpad's pinch says), or once the picture is in use, it zooms. */
  wheel(event) {
    if (!this.store.scene || !(event.ctrlKey || document.activeElement === this.stage.canvas)) return;
    event.preventDefault();
    const lines = event.deltaMode === 1 ? 16 : 1;
    this.tools.move.zoom(Math.exp(-event.deltaY * lines * (event.ctrlKey ? 0.01 : 0.002)), this.stage.shareOf(event));
  }
}
