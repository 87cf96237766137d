// The keyboard over the viewer: time everywhere in it, and what the tool moves where the picture has the focus.

const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

class Keys {
  /** `tools` as in gestures.js, each with key(direction, far). */
  constructor(root, { store, slider, playback, tools }) {
    Object.assign(this, { store, slider, playback, tools });
    root.addEventListener("keydown", (event) => this.down(event));
  }

  down(event) {
    const { target } = event;
    const types = target.matches("input:not([type=range]), select, textarea");
    if (!this.store.scene || types || event.ctrlKey || event.metaKey || event.altKey) return;
    const inPicture = Boolean(target.closest(".ode-picture"));
    const action =
      this.everywhere(event) ??
      (inPicture || target === this.slider ? this.ends(event) : null) ??
      (target === this.slider ? this.onSlider(event) : null) ??
      (inPicture ? this.inPicture(event) : null);
    if (!action) return;
    event.preventDefault();
    action();
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
