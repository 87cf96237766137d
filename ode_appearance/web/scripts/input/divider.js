// The line between two channels, to be dragged.

class Divider {
  constructor(stage, store) {
    Object.assign(this, { stage, store });
    this.element = make("div", {
      class: "ode-divider",
      role: "slider",
      tabindex: "0",
      "aria-label": "Divider between the channels",
      "aria-valuemin": 0,
      "aria-valuemax": 100,
      onpointerdown: (event) => this.hold(event),
      onpointermove: (event) => this.drag(event),
      onkeydown: (event) => this.key(event),
    });
    store.listen((view) => {
      this.element.hidden = !view.second || view.beside;
      this.element.style.left = `${100 * view.divider}%`;
      this.element.setAttribute("aria-valuenow", Math.round(100 * view.divider));
    });
  }

  hold(event) {
    this.element.setPointerCapture(event.pointerId);
    event.stopPropagation();
  }

  drag(event) {
    if (!this.element.hasPointerCapture(event.pointerId)) return;
    this.store.set({ divider: clamp(this.stage.placeOf(event)[0], 0, 1) });
    event.stopPropagation();
  }

  key(event) {
    const step = { ArrowLeft: -0.02, ArrowRight: 0.02 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    this.store.set({ divider: clamp(this.store.view.divider + step, 0, 1) });
  }
}
