// What a drag in the picture does, and the arrow keys (see gestures.js and keys.js): it moves the surface.

const MOST_ZOOM = 32;
const MOST_TILT = 1.4; // radians

class MoveTool {
  constructor(stage, store) {
    Object.assign(this, { stage, store });
  }

  begin() {}

  go(share, from) {
    const { view, scene } = this.store;
    const moved = share.map((at, axis) => at - from[axis]);
    if (view.surface === "flat") {
      const { from: corner, span } = seenPart(view, scene, this.stage.pixels);
      this.centre(
        corner.map((at, axis) => at + span[axis] / 2 - moved[axis] * span[axis]),
        span,
      );
    } else {
      const [around, tilt] = view.turn.map((angle, axis) => angle - (3 * moved[axis]) / view.zoom);
      this.store.set({ turn: [around % (2 * Math.PI), clamp(tilt, -MOST_TILT, MOST_TILT)] });
    }
  }

  /** No further than the picture goes. */
  centre(centre, span) {
    this.store.set({
      centre: centre.map((at, axis) => clamp(at, Math.min(span[axis] / 2, 0.5), Math.max(1 - span[axis] / 2, 0.5))),
    });
  }

  /** Zoom by a factor about a share of the canvas. */
  zoom(factor, share = [0.5, 0.5]) {
    const { view, scene } = this.store;
    const zoom = clamp(view.zoom * factor, 1, MOST_ZOOM);
    const before = seenPart(view, scene, this.stage.pixels);
    const { span } = seenPart({ ...view, zoom }, scene, this.stage.pixels);
    this.store.set({ zoom });
    if (view.surface !== "flat") return;
    this.centre(
      share.map((at, axis) => before.from[axis] + at * before.span[axis] + (0.5 - at) * span[axis]),
      span,
    );
  }

  key([right, up], far) {
    const step = far ? 0.2 : 0.05;
    this.go([0.5 - right * step, 0.5 + up * step], [0.5, 0.5]);
  }
}
