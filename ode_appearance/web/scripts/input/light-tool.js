// The light tool: a drag in the picture, or the arrow keys, move the selected light.

import { uvToPlane } from "../base/geometry.js";
import { clampLight, isLit } from "../base/lights.js";

/** @import { Pair, PictureTool } from "../types" */
/** @import { Store } from "../base/store.js" */
/** @import { CanvasView } from "../drawing/canvas-view.js" */

/** @implements {PictureTool} */
export class LightTool {
  /**
   * @param {CanvasView} canvasView
   * @param {Store} store
   */
  constructor(canvasView, store) {
    this.canvasView = canvasView;
    this.store = store;
  }

  /**
   * @param {Pair} uv
   * @param {PointerEvent} event
   */
  start(uv, event) {
    const handle = /** @type {Element} */ (event.target).closest(".ode-handle");
    if (handle instanceof HTMLElement) this.store.set({ selected: Number(handle.dataset.light) });
    else this.drag(uv);
  }

  /** @param {Pair} uv */
  drag(uv) {
    const { view, loadedScene: scene } = this.store;
    if (!isLit(view, scene)) return;
    const [x, y] = uvToPlane(uv, view, scene, this.canvasView.pixels);
    this.store.setLight(clampLight({ ...this.store.selectedLight, x, y, orbit: 0 }));
  }

  /**
   * @param {Pair} direction
   * @param {boolean} far
   */
  nudge([right, up], far) {
    if (!isLit(this.store.view, this.store.loadedScene)) return;
    const light = this.store.selectedLight;
    const step = far ? 0.1 : 0.02;
    this.store.setLight(clampLight({ ...light, x: light.x + right * step, y: light.y + up * step, orbit: 0 }));
  }
}
