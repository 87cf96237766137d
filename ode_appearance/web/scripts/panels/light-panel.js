// The lights: which there are, and the numbers of the one that is selected.

const KINDS = [
  ["point", "Point"],
  ["directional", "Directional"],
];
const ORBIT = 0.15; // turns a second

class LightPanel {
  constructor(store) {
    this.store = store;
    const change = (name) => (value) => store.setLight({ [name]: value });
    const slider = (name, label, title) =>
      sliderRow(label, { min: LIGHT_RANGE[name][0], max: LIGHT_RANGE[name][1], title }, change(name));
    this.kind = selectRow("Kind", KINDS, change("kind"));
    this.rows = {
      x: slider("x", "Light x"),
      y: slider("y", "Light y"),
      height: slider("height", "Light z", "The camera's is 1; of a directional light, how steeply it falls"),
      logIntensity: slider("logIntensity", "Intensity", "The natural logarithm of it"),
      orbit: sliderRow("Orbit speed", { min: 0.02, max: 1, title: "Turns a second about the centre" }, change("orbit")),
    };
    this.colour = make("input", {
      type: "color",
      "aria-label": "Colour",
      oninput: () => store.setLight({ colour: this.colour.value }),
    });
    this.orbit = toggle("Orbit", (on) => store.setLight({ orbit: on ? ORBIT : 0 }));
    this.tabs = make("div", { class: "ode-tabs", role: "group", "aria-label": "Lights" });
    this.less = button("Remove", () => this.remove(), { title: "Remove this light" });
    this.more = button("Add", () => this.add(), { title: "Add a light" });
    const presets = Object.entries(LIGHT_PRESETS).map(([name, place]) =>
      button(name, () => store.setLight({ ...place, orbit: 0 })),
    );
    this.element = panel(
      "Light",
      () => store.set({ tool: "light" }),
      hint("Drag in the picture to move it."),
      buttons(this.tabs, this.more, this.less),
      make("div", { class: "ode-beside" }, this.kind.element, this.colour),
      ...Object.values(this.rows).map((row) => row.element),
      buttons(
        ...presets,
        this.orbit.element,
        button("Reset light", () => this.reset()),
      ),
    );
    store.listen((view, scene) => this.show(view, scene));
  }

  show(view, scene) {
    this.element.hidden = !scene || !isLit(view, scene);
    const light = view.lights[view.selected];
    for (const [name, row] of Object.entries(this.rows)) row.show(light[name]);
    this.rows.orbit.element.hidden = !light.orbit;
    this.orbit.show(light.orbit > 0);
    this.kind.show(light.kind);
    if (this.colour.value !== light.colour) this.colour.value = light.colour;
    this.less.disabled = view.lights.length === 1;
    this.more.disabled = view.lights.length === MOST_LIGHTS;
    while (this.tabs.children.length > view.lights.length) this.tabs.lastChild.remove();
    while (this.tabs.children.length < view.lights.length) this.tabs.append(this.tab(this.tabs.children.length));
    [...this.tabs.children].forEach((tab, index) => tab.setAttribute("aria-pressed", String(index === view.selected)));
  }

  tab(index) {
    const select = () => this.store.set({ selected: index });
    return button(String(index + 1), select, { "aria-label": `Light ${index + 1}` });
  }

  /** A light like the selected one, on the other side of the centre. */
  add() {
    const { lights, selected } = this.store.view;
    const { x, y, ...light } = lights[selected];
    const place = Math.hypot(x, y) > 0.05 ? { x: -x, y: -y } : { x: 0.25, y: 0.25 };
    this.store.set({ lights: [...lights, { ...light, ...place }], selected: lights.length });
  }

  remove() {
    const { lights, selected } = this.store.view;
    const rest = lights.filter((_, index) => index !== selected);
    this.store.set({ lights: rest, selected: Math.min(selected, rest.length - 1) });
  }

  /** One light, where the material was captured under it. */
  reset() {
    this.store.set({ lights: [this.store.scene.origin], selected: 0 });
  }
}
