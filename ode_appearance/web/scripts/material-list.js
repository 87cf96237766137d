// Bundle: the list of materials (app/components/material_list.py).

import { make } from "./base/dom.js";
import { mountIn, watchValue } from "./base/gradio.js";
import { MaterialList } from "./components/material-list.js";

/** @import { GradioComponent } from "./types" */

/** @param {GradioComponent} component */
export function mount(component) {
  const { element, trigger } = component;
  const root = mountIn(element, make("div", { class: "ode-material-list" }));
  const list = new MaterialList(root, (name) => trigger("pick", { name, asked: performance.now() }));
  watchValue(component, (value) => list.update(value));
}
