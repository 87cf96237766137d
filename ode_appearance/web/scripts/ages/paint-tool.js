// The paint tool: a drag in the picture, or the arrow keys and Enter, paint ages.

import { make } from "../base/dom.js";
import { uvToTexel, visibleRegion } from "../base/geometry.js";
import { clamp } from "../base/numbers.js";

/** @import { Pair, PictureTool } from "../types" */
/** @import { Store } from "../base/store.js" */
/** @import { CanvasView } from "../drawing/canvas-view.js" */
/** @import { Painter } from "./painter.js" */

/** @implements {PictureTool} */
export class PaintTool {
  /** Where the ring is. @type {Pair | null} */
  uv = null;

  /**
   * @param {CanvasView} canvasView
   * @param {Store} store
   * @param {Painter} painter
   */
  constructor(canvasView, store, painter) {
    this.canvasView = canvasView;
    this.store = store;
    this.painter = painter;
    this.ring = make("div", { class: "ode-brush", hidden: true, "aria-hidden": "true" });
    canvasView.overlay.append(this.ring);
    canvasView.picture.addEventListener("pointermove", (event) => this.moveRing(canvasView.uvOf(event)));
    canvasView.picture.addEventListener("pointerleave", () => this.moveRing(null));
    store.subscribe(() => this.moveRing(this.uv));
  }

  /** @param {Pair} uv */
  texelAt(uv) {
    return uvToTexel(uv, this.store.view, this.store.loadedScene, this.canvasView.pixels);
  }

  /** @param {Pair} uv */
  start(uv) {
    this.painter.beginStroke(this.texelAt(uv));
  }

  /** @param {Pair} uv */
  drag(uv) {
    this.painter.continueStroke(this.texelAt(uv));
  }

  cancel() {
    this.painter.undo();
  }

  /**
   * @param {Pair} direction
   * @param {boolean} far
   */
  nudge([right, up], far) {
    const step = far ? 0.1 : 0.02;
    const [u, v] = this.uv ?? [0.5, 0.5];
    this.moveRing([clamp(u + right * step, 0, 1), clamp(v - up * step, 0, 1)]);
  }

  /** A dab where the ring is. */
  dab() {
    this.start(this.uv ?? [0.5, 0.5]);
  }

  /**
   * Moves or hides the ring, which has the brush's size on a flat surface, and about that on a solid.
   *
   * @param {Pair | null} uv
   */
  moveRing(uv) {
    const { view, scene } = this.store;
    this.uv = uv;
    this.ring.hidden = !uv || !scene || view.tool !== "paint";
    if (!uv || !scene || this.ring.hidden) return;
    const stateWidth =
      view.surface === "flat"
        ? 1 / (visibleRegion(view, scene, this.canvasView.pixels).span[0] * view.tiles[0])
        : view.zoom / view.tiles[0];
    Object.assign(this.ring.style, {
      left: `${100 * uv[0]}%`,
      top: `${100 * uv[1]}%`,
      width: `${200 * view.brush.radius * stateWidth}%`,
    });
  }
}
