// The divider of the split view, which can be dragged.

import { make } from "../base/dom.js";
import { clamp } from "../base/numbers.js";

/** @import { Store } from "../base/store.js" */
/** @import { CanvasView } from "../drawing/canvas-view.js" */

/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -0.02, ArrowRight: 0.02 };

export class Divider {
  /**
   * @param {CanvasView} canvasView
   * @param {Store} store
   */
  constructor(canvasView, store) {
    this.canvasView = canvasView;
    this.store = store;
    this.element = make("div", {
      class: "ode-divider",
      role: "slider",
      tabindex: "0",
      "aria-label": "Divider between the channels",
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      onpointerdown: (/** @type {PointerEvent} */ event) => this.onPointerDown(event),
      onpointermove: (/** @type {PointerEvent} */ event) => this.onPointerMove(event),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.onKeyDown(event),
    });
    store.subscribe((view) => {
      this.element.hidden = !view.second || view.beside;
      this.element.style.left = `${100 * view.divider}%`;
      this.element.setAttribute("aria-valuenow", String(Math.round(100 * view.divider)));
    });
  }

  /** @param {PointerEvent} event */
  onPointerDown(event) {
    this.element.setPointerCapture(event.pointerId);
    event.stopPropagation();
  }

  /** @param {PointerEvent} event */
  onPointerMove(event) {
    if (!this.element.hasPointerCapture(event.pointerId)) return;
    this.store.set({ divider: clamp(this.canvasView.canvasUvOf(event)[0], 0, 1) });
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event */
  onKeyDown(event) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    this.store.set({ divider: clamp(this.store.view.divider + step, 0, 1) });
  }
}
