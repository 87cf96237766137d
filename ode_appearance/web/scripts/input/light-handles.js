// A handle in the picture for every light: it shows where the light is, can be dragged (see light-tool.js) and focused.

import { make } from "../base/dom.js";
import { planeToUv } from "../base/geometry.js";
import { isLit } from "../base/lights.js";
import { clamp, formatNumber } from "../base/numbers.js";

/** @import { Light, Scene, ViewState } from "../types" */
/** @import { Store } from "../base/store.js" */
/** @import { CanvasView } from "../drawing/canvas-view.js" */

export class LightHandles {
  /**
   * @param {CanvasView} canvasView
   * @param {Store} store
   */
  constructor(canvasView, store) {
    this.canvasView = canvasView;
    this.store = store;
    this.element = make("div", { class: "ode-handles" });
    store.subscribe((view, scene) => this.update(view, scene));
  }

  /**
   * @param {ViewState} view
   * @param {Scene | null} scene
   */
  update(view, scene) {
    const visible = scene && view.tool === "light" && isLit(view, scene) && [view.channel, view.second].includes("lit");
    this.element.hidden = !visible;
    if (!visible) return;
    const handles = this.element.children;
    while (handles.length > view.lights.length) handles[handles.length - 1].remove();
    while (handles.length < view.lights.length) this.element.append(this.createHandle());
    view.lights.forEach((light, index) => {
      this.place(/** @type {HTMLElement} */ (handles[index]), light, index, view, scene);
    });
  }

  createHandle() {
    const index = this.element.children.length;
    return make("div", {
      class: "ode-handle",
      role: "slider",
      tabindex: "0",
      "data-light": index,
      "aria-valuemin": -1,
      "aria-valuemax": 1,
      onfocus: () => this.store.view.selected !== index && this.store.set({ selected: index }),
    });
  }

  /**
   * @param {HTMLElement} handle
   * @param {Light} light
   * @param {number} index
   * @param {ViewState} view
   * @param {Scene} scene
   */
  place(handle, light, index, view, scene) {
    const uv = planeToUv([light.x, light.y], view, scene, this.canvasView.pixels);
    handle.style.left = `${100 * clamp(uv[0], 0, 1)}%`;
    handle.style.top = `${100 * clamp(uv[1], 0, 1)}%`;
    handle.style.setProperty("--colour", light.colour);
    const outside = uv.some((at) => at < 0 || at > 1);
    handle.classList.toggle("ode-outside", outside);
    handle.classList.toggle("ode-selected", index === view.selected && view.lights.length > 1);
    handle.classList.toggle("ode-directional", light.kind === "directional");
    const name = view.lights.length > 1 ? `Light ${index + 1}` : "Light";
    handle.setAttribute("aria-label", `${name}: drag, or move it with the arrow keys`);
    handle.setAttribute("aria-valuenow", light.x.toFixed(2));
    handle.setAttribute("aria-valuetext", `x ${formatNumber(light.x)}, y ${formatNumber(light.y)}`);
  }
}
