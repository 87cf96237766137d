// Bundle: the list of metadata (app/components/metadata_list.py).

import { make } from "./base/dom.js";
import { mountIn, watchValue } from "./base/gradio.js";
import { MetadataList } from "./components/metadata-list.js";

/** @import { GradioComponent } from "./types" */

/** @param {GradioComponent} component */
export function mount(component) {
  const root = mountIn(component.element, make("dl", { class: "ode-metadata" }));
  const list = new MetadataList(root);
  watchValue(component, (value) => list.update(value));
}
