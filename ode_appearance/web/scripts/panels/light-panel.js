// The lights: how many there are, and the numbers of the selected one.

import { make } from "../base/dom.js";
import { LIGHT_PRESETS, LIGHT_RANGE, isLit } from "../base/lights.js";
import { MAX_LIGHTS } from "../base/view-state.js";
import { button, buttonGroup, hint, panel, selectRow, sliderRow, toggle } from "./controls.js";

/** @import { Scene, ViewState } from "../types" */
/** @import { Store } from "../base/store.js" */

/** @type {[string, string][]} */
const KINDS = [
  ["point", "Point"],
  ["directional", "Directional"],
];
const ORBIT_SPEED = 0.15; // turns a second

export class LightPanel {
  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    /** @type {(name: string) => (value: number | string) => void} */
    const change = (name) => (value) => store.setLight({ [name]: value });
    /** @type {(name: keyof typeof LIGHT_RANGE, label: string, title?: string) => ReturnType<typeof sliderRow>} */
    const slider = (name, label, title) =>
      sliderRow(label, { min: LIGHT_RANGE[name][0], max: LIGHT_RANGE[name][1], title }, change(name));
    this.kind = selectRow("Kind", KINDS, change("kind"));
    this.rows = {
      x: slider("x", "Light x"),
      y: slider("y", "Light y"),
      height: slider("height", "Light z", "The camera's is 1; of a directional light, how steeply it falls"),
      logIntensity: slider("logIntensity", "Intensity", "Natural logarithm of the intensity"),
      orbit: sliderRow("Orbit speed", { min: 0.02, max: 1, title: "Turns a second about the centre" }, change("orbit")),
    };
    this.colour = make("input", {
      type: "color",
      "aria-label": "Colour",
      oninput: () => store.setLight({ colour: this.colour.value }),
    });
    this.orbit = toggle("Orbit", (on) => store.setLight({ orbit: on ? ORBIT_SPEED : 0 }));
    this.tabs = make("div", { class: "ode-tabs", role: "group", "aria-label": "Lights" });
    this.removeButton = button("Remove", () => this.remove(), { title: "Remove this light" });
    this.addButton = button("Add", () => this.add(), { title: "Add a light" });
    const presets = Object.entries(LIGHT_PRESETS).map(([name, position]) =>
      button(name, () => store.setLight({ ...position, orbit: 0 })),
    );
    this.element = panel(
      "Light",
      () => store.set({ tool: "light" }),
      hint("Drag in the picture to move it."),
      buttonGroup(this.tabs, this.addButton, this.removeButton),
      make("div", { class: "ode-beside" }, this.kind.element, this.colour),
      ...Object.values(this.rows).map((row) => row.element),
      buttonGroup(
        ...presets,
        this.orbit.element,
        button("Reset light", () => this.reset()),
      ),
    );
    store.subscribe((view, scene) => this.update(view, scene));
  }

  /**
   * @param {ViewState} view
   * @param {Scene | null} scene
   */
  update(view, scene) {
    this.element.hidden = !scene || !isLit(view, scene);
    const light = view.lights[view.selected];
    for (const name of /** @type {const} */ (["x", "y", "height", "logIntensity", "orbit"]))
      this.rows[name].show(light[name]);
    this.rows.orbit.element.hidden = !light.orbit;
    this.orbit.show(light.orbit > 0);
    this.kind.show(light.kind);
    if (this.colour.value !== light.colour) this.colour.value = light.colour;
    this.removeButton.disabled = view.lights.length === 1;
    this.addButton.disabled = view.lights.length === MAX_LIGHTS;
    const tabs = this.tabs.children;
    while (tabs.length > view.lights.length) tabs[tabs.length - 1].remove();
    while (tabs.length < view.lights.length) this.tabs.append(this.createTab(tabs.length));
    [...tabs].forEach((tab, index) => tab.setAttribute("aria-pressed", String(index === view.selected)));
  }

  /** @param {number} index */
  createTab(index) {
    const select = () => this.store.set({ selected: index });
    return button(String(index + 1), select, { "aria-label": `Light ${index + 1}` });
  }

  /** Adds a light like the selected one, on the other side of the centre. */
  add() {
    const { lights } = this.store.view;
    const { x, y, ...light } = this.store.selectedLight;
    const position = Math.hypot(x, y) > 0.05 ? { x: -x, y: -y } : { x: 0.25, y: 0.25 };
    this.store.set({ lights: [...lights, { ...light, ...position }], selected: lights.length });
  }

  remove() {
    const { lights, selected } = this.store.view;
    const rest = lights.filter((_, index) => index !== selected);
    this.store.set({ lights: rest, selected: Math.min(selected, rest.length - 1) });
  }

  /** One light: the one that the material was captured under. */
  reset() {
    this.store.set({ lights: [this.store.loadedScene.captureLight], selected: 0 });
  }
}
