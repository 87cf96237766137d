// The light of an SVBRDF: a handle in the picture, and sliders that show and set the same numbers.

const LIGHT_RANGE = { x: [-1, 1], y: [-1, 1], logIntensity: [-3, 3] };
const LIGHT_LABELS = { x: "Light x", y: "Light y", logIntensity: "Intensity (log)" };
const KEY_STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

class Lamp {
  /** `surface` is the element that the picture fills; `changed(light)` is called on every move. */
  constructor(surface, changed) {
    this.surface = surface;
    this.changed = changed;
    this.light = this.origin = { x: 0, y: 0, logIntensity: 0 };
    this.handle = make("div", {
      class: "ode-handle",
      role: "slider",
      tabindex: "0",
      "aria-label": "Light: drag, or move it with the arrow keys",
      "aria-valuemin": -1,
      "aria-valuemax": 1,
      onkeydown: (event) => this.key(event),
    });
    this.rows = Object.fromEntries(Object.keys(LIGHT_RANGE).map((name) => [name, this.row(name)]));
    this.reset = make("button", {
      type: "button",
      class: "ode-button",
      text: "Reset light",
      onclick: () => this.set(this.origin),
    });
    this.element = make(
      "fieldset",
      { class: "ode-light" },
      make("legend", { text: "Light" }),
      ...Object.values(this.rows).map((row) => row.element),
      this.reset,
    );
    for (const kind of ["pointerdown", "pointermove"]) surface.addEventListener(kind, (event) => this.point(event));
  }

  row(name) {
    const slider = make("input", {
      type: "range",
      min: LIGHT_RANGE[name][0],
      max: LIGHT_RANGE[name][1],
      step: 0.01,
      "aria-label": LIGHT_LABELS[name],
      oninput: () => this.set({ ...this.light, [name]: Number(slider.value) }),
    });
    const value = make("output", {});
    return {
      slider,
      value,
      element: make("label", { class: "ode-row" }, make("span", { text: LIGHT_LABELS[name] }), slider, value),
    };
  }

  /** The size of the state [width, height], half the extent [x, y] of the lit plane, and the material's own light; null
   *  where there is no light to move. */
  setPlane(plane) {
    this.plane = plane;
    this.handle.hidden = this.element.hidden = !plane;
    this.surface.classList.toggle("ode-lit", Boolean(plane));
    if (plane) this.origin = plane.light;
  }

  set(light) {
    this.light = Object.fromEntries(
      Object.entries(LIGHT_RANGE).map(([name, range]) => [name, clamp(light[name], ...range)]),
    );
    for (const [name, row] of Object.entries(this.rows)) {
      row.slider.value = this.light[name];
      row.value.textContent = spell(this.light[name]);
    }
    this.place();
    this.changed(this.light);
  }

  /** Centres of the outermost pixels lie on the border of the plane: that is half a pixel inside the picture. */
  place() {
    if (!this.plane) return;
    const { size, extent } = this.plane;
    const share = [this.light.x / extent[0], -this.light.y / extent[1]].map(
      (at, axis) => (((at + 1) / 2) * (size[axis] - 1) + 0.5) / size[axis],
    );
    this.handle.style.left = `${100 * clamp(share[0], 0, 1)}%`;
    this.handle.style.top = `${100 * clamp(share[1], 0, 1)}%`;
    this.handle.classList.toggle(
      "ode-outside",
      share.some((at) => at < 0 || at > 1),
    );
    this.handle.setAttribute("aria-valuenow", this.light.x.toFixed(2));
    this.handle.setAttribute("aria-valuetext", `x ${spell(this.light.x)}, y ${spell(this.light.y)}`);
  }

  point(event) {
    const pressed = event.type === "pointerdown" && event.button === 0;
    if (!this.plane || (!pressed && !this.surface.hasPointerCapture(event.pointerId))) return;
    if (pressed) {
      this.surface.setPointerCapture(event.pointerId);
      this.handle.focus({ preventScroll: true });
    }
    event.preventDefault();
    const box = this.surface.getBoundingClientRect();
    const { size, extent } = this.plane;
    const share = [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
    const [x, y] = share.map((at, axis) => (2 * (at * size[axis] - 0.5)) / Math.max(size[axis] - 1, 1) - 1);
    this.set({ ...this.light, x: x * extent[0], y: -y * extent[1] });
  }

  key(event) {
    const step = KEY_STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    const length = event.shiftKey ? 0.1 : 0.02;
    this.set({ ...this.light, x: this.light.x + length * step[0], y: this.light.y + length * step[1] });
  }
}
