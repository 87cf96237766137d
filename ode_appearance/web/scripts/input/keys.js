// The keyboard: time everywhere in the viewer and where nothing else has the focus, and what the tool moves in the picture.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

class Keys {
  /** `tools` as in gestures.js, each with key(direction, far). */
  constructor(root, { store, slider, playback, tools }) {
    Object.assign(this, { root, store, slider, playback, tools });
    // A button keeps the focus after a click: one that the keyboard came to is still to be pressed by it.
    document.addEventListener("focusin", ({ target }) => (this.stepped = target.matches(":focus-visible")));
    document.addEventListener("keydown", (event) => this.down(event));
  }

  down(event) {
    const { target } = event;
    const types = target.matches("input:not([type=range]), select, textarea");
    if (!this.store.scene || types || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const action = this.root.contains(target) ? this.within(event) : this.around(event);
    if (!action) return;
    event.preventDefault();
    action();
  }

  within(event) {
    const { target } = event;
    const inPicture = Boolean(target.closest(".ode-picture"));
    return (
      this.everywhere(event) ??
      (inPicture || target === this.slider ? this.ends(event) : null) ??
      (target === this.slider ? this.onSlider(event) : null) ??
      (inPicture ? this.inPicture(event) : null)
    );
  }

  /** Where nothing has the focus, or a card of the gallery: while the viewer is in sight, and up and down scroll the page. */
  around(event) {
    const { key, target } = event;
    const card = target.matches(".ode-card");
    if (!(card || target === document.body) || !this.inSight || ["ArrowUp", "ArrowDown"].includes(key)) return null;
    if (card && key === " " && !this.stepped) return () => this.playback.toggle();
    return this.everywhere(event) ?? this.ends(event) ?? this.onSlider(event);
  }

  get inSight() {
    const { width, top, bottom } = this.root.getBoundingClientRect(); // no width on a tab that is not shown
    return width > 0 && bottom > 0 && top < innerHeight;
  }

  everywhere({ key, target }) {
    if (key === " " && !target.matches("button, summary")) return () => this.playback.toggle();
    if (key === "," || key === ".") return () => this.playback.step(key === "," ? -1 : 1);
    return null;
  }

  ends({ key }) {
    return key === "Home" || key === "End" ? () => this.playback.jump(key === "Home" ? -1 : 1) : null;
  }

  /** From keyframe to keyframe. */
  onSlider({ key, shiftKey }) {
    return ARROWS[key] ? () => this.playback.step((ARROWS[key][0] + ARROWS[key][1]) * (shiftKey ? 10 : 1)) : null;
  }

  inPicture({ key, shiftKey }) {
    const { tool, surface, tiles } = this.store.view;
    if (ARROWS[key]) return () => this.tools[tool].key(ARROWS[key], shiftKey);
    if (key === "+" || key === "=") return () => this.tools.move.zoom(1.25);
    if (key === "-") return () => this.tools.move.zoom(1 / 1.25);
    if (key === "0") return () => this.store.set({ ...UNCHANGED_VIEW, surface, tiles });
    if (key === "Enter" && tool === "paint") return () => this.tools.paint.dab();
    return null;
  }
}
