// The move tool: a drag in the picture, or the arrow keys, pan the plane or turn the solid.

import { visibleRegion } from "../base/geometry.js";
import { clamp, mapPair } from "../base/numbers.js";
import { MAX_ZOOM } from "../base/view-state.js";

/** @import { Pair, PictureTool } from "../types" */
/** @import { Store } from "../base/store.js" */
/** @import { CanvasView } from "../drawing/canvas-view.js" */

const MAX_TILT = 1.4; // radians
const RADIANS_PER_PICTURE = 3;

/** @implements {PictureTool} */
export class MoveTool {
  /**
   * @param {CanvasView} canvasView
   * @param {Store} store
   */
  constructor(canvasView, store) {
    this.canvasView = canvasView;
    this.store = store;
  }

  start() {}

  /**
   * @param {Pair} uv
   * @param {Pair} from
   */
  drag(uv, from) {
    const { view, loadedScene: scene } = this.store;
    const moved = mapPair(uv, (at, axis) => at - from[axis]);
    if (view.surface === "flat") {
      const region = visibleRegion(view, scene, this.canvasView.pixels);
      const { span } = region;
      this.setCentre(
        mapPair(region.from, (at, axis) => at + span[axis] / 2 - moved[axis] * span[axis]),
        span,
      );
    } else {
      const [around, tilt] = mapPair(view.turn, (angle, axis) => angle - (RADIANS_PER_PICTURE * moved[axis]) / view.zoom);
      this.store.set({ turn: [around % (2 * Math.PI), clamp(tilt, -MAX_TILT, MAX_TILT)] });
    }
  }

  /**
   * Sets the centre of the visible region, clamped to the plane.
   *
   * @param {Pair} centre
   * @param {Pair} span
   */
  setCentre(centre, span) {
    this.store.set({
      centre: mapPair(centre, (at, axis) => clamp(at, Math.min(span[axis] / 2, 0.5), Math.max(1 - span[axis] / 2, 0.5))),
    });
  }

  /**
   * Zooms by a factor about a point of the canvas.
   *
   * @param {number} factor
   * @param {Pair} uv
   */
  zoom(factor, uv = [0.5, 0.5]) {
    const { view, loadedScene: scene } = this.store;
    const zoom = clamp(view.zoom * factor, 1, MAX_ZOOM);
    const before = visibleRegion(view, scene, this.canvasView.pixels);
    const { span } = visibleRegion({ ...view, zoom }, scene, this.canvasView.pixels);
    this.store.set({ zoom });
    if (view.surface !== "flat") return;
    this.setCentre(
      mapPair(uv, (at, axis) => before.from[axis] + at * before.span[axis] + (0.5 - at) * span[axis]),
      span,
    );
  }

  /**
   * @param {Pair} direction
   * @param {boolean} far
   */
  nudge([right, up], far) {
    const step = far ? 0.2 : 0.05;
    this.drag([0.5 - right * step, 0.5 + up * step], [0.5, 0.5]);
  }
}
