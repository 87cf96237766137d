// Pointers over the picture: one does what the tool says, two pan and zoom.

import { mapPair } from "../base/numbers.js";

/** @import { Pair, PictureTool } from "../types" */
/** @import { Store } from "../base/store.js" */
/** @import { CanvasView } from "../drawing/canvas-view.js" */
/** @import { Tools } from "../viewer/viewer.js" */

export class PointerGestures {
  /** Last uv coordinates by pointer. @type {Map<number, Pair>} */
  pointers = new Map();
  /** @type {PictureTool | null} */
  tool = null;

  /**
   * @param {CanvasView} canvasView
   * @param {Store} store
   * @param {Tools} tools
   */
  constructor(canvasView, store, tools) {
    this.canvasView = canvasView;
    this.store = store;
    this.tools = tools;
    const { picture } = canvasView;
    picture.addEventListener("pointerdown", (event) => this.onDown(event));
    picture.addEventListener("pointermove", (event) => this.onMove(event));
    picture.addEventListener("pointerup", (event) => this.onUp(event));
    picture.addEventListener("pointercancel", (event) => this.onUp(event));
    picture.addEventListener("wheel", (event) => this.onWheel(event), { passive: false });
    picture.addEventListener("contextmenu", (event) => event.preventDefault());
  }

  /** @param {PointerEvent} event */
  onDown(event) {
    if (!this.store.scene || /** @type {Element} */ (event.target).closest(".ode-divider")) return;
    if (this.pointers.size === 1 && event.pointerType === "touch") this.tool?.cancel?.();
    const uv = this.canvasView.uvOf(event);
    this.canvasView.picture.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, uv);
    if (this.pointers.size > 1) {
      this.tool = null;
      return;
    }
    const moving = event.button !== 0 || event.altKey;
    this.tool = this.tools[moving ? "move" : this.store.view.tool];
    const options = { preventScroll: true, focusVisible: false };
    this.canvasView.canvas.focus(options);
    this.tool.start(uv, event);
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  onMove(event) {
    const before = this.pointers.get(event.pointerId);
    if (!before) return;
    const uv = this.canvasView.uvOf(event);
    this.pointers.set(event.pointerId, uv);
    if (this.tool) this.tool.drag(uv, before);
    else if (this.pointers.size === 2) this.pinch(event.pointerId, before, uv);
    event.preventDefault();
  }

  /** @param {PointerEvent} event */
  onUp(event) {
    if (!this.pointers.delete(event.pointerId)) return;
    this.tool = null;
  }

  /**
   * @param {number} moved
   * @param {Pair} before
   * @param {Pair} uv
   */
  pinch(moved, before, uv) {
    for (const [id, other] of this.pointers) {
      if (id === moved) continue;
      /** @param {Pair} place */
      const distance = (place) => Math.hypot(place[0] - other[0], place[1] - other[1]);
      /** @param {Pair} place */
      const middle = (place) => mapPair(place, (at, axis) => (at + other[axis]) / 2);
      this.tools.move.drag(middle(uv), middle(before));
      this.tools.move.zoom(distance(uv) / Math.max(distance(before), 0.01), middle(uv));
    }
  }

  /**
   * Zooms with Ctrl (which is also what a touchpad's pinch sends), or when the canvas has the focus; else the page scrolls.
   *
   * @param {WheelEvent} event
   */
  onWheel(event) {
    if (!this.store.scene || !(event.ctrlKey || document.activeElement === this.canvasView.canvas)) return;
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    this.tools.move.zoom(Math.exp(-event.deltaY * unit * (event.ctrlKey ? 0.01 : 0.002)), this.canvasView.uvOf(event));
  }
}
