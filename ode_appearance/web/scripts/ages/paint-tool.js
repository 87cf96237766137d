// What a drag in the picture does, and the arrow keys (see gestures.js and keys.js): it paints ages.

class PaintTool {
  constructor(stage, store, painter) {
    Object.assign(this, { stage, store, painter });
    this.ring = make("div", { class: "ode-brush", hidden: true, "aria-hidden": "true" });
    stage.over.append(this.ring);
    stage.picture.addEventListener("pointermove", (event) => this.aim(stage.shareOf(event)));
    stage.picture.addEventListener("pointerleave", () => this.aim(null));
    store.listen(() => this.aim(this.at));
  }

  place(share) {
    const { view, scene } = this.store;
    return texelAt(share, view, scene, this.stage.pixels);
  }

  begin(share) {
    this.painter.begin(this.place(share));
  }

  go(share) {
    this.painter.go(this.place(share));
  }

  cancel() {
    this.painter.undo();
  }

  key([right, up], far) {
    const step = far ? 0.1 : 0.02;
    const [x, y] = this.at ?? [0.5, 0.5];
    this.aim([clamp(x + right * step, 0, 1), clamp(y - up * step, 0, 1)]);
  }

  /** A dab where the ring is. */
  dab() {
    this.begin(this.at ?? [0.5, 0.5]);
  }

  /** Shows the brush's size on a flat surface, and about that on a solid. */
  aim(share) {
    const { view, scene } = this.store;
    this.at = share;
    this.ring.hidden = !share || !scene || view.tool !== "paint";
    if (this.ring.hidden) return;
    const width =
      view.surface === "flat"
        ? 1 / (seenPart(view, scene, this.stage.pixels).span[0] * view.tiles[0])
        : view.zoom / view.tiles[0];
    Object.assign(this.ring.style, {
      left: `${100 * share[0]}%`,
      top: `${100 * share[1]}%`,
      width: `${200 * view.brush.radius * width}%`,
    });
  }
}
