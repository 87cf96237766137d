// Bundle: the gallery component (app/components/gallery.py).

import { make } from "./base/dom.js";
import { mountIn, watchValue } from "./base/gradio.js";
import { Gallery } from "./components/gallery.js";

/** @import { GradioComponent } from "./types" */

/** @param {GradioComponent} component */
export function mount(component) {
  const { element, trigger } = component;
  const root = mountIn(element, make("div", { class: "ode-gallery" }));
  const gallery = new Gallery(root, (name) => trigger("pick", { name, asked: performance.now() }));
  watchValue(component, (value) => gallery.update(value));
}
