// A handle in the picture for every light: shows where it is, can be dragged (see light-tool.js) and has the keyboard's focus.

class LightHandles {
  constructor(stage, store) {
    Object.assign(this, { stage, store });
    this.element = make("div", { class: "ode-handles" });
    store.listen((view, scene) => this.show(view, scene));
  }

  show(view, scene) {
    const visible = scene && view.tool === "light" && isLit(view, scene) && [view.channel, view.second].includes("lit");
    this.element.hidden = !visible;
    if (!visible) return;
    while (this.element.children.length > view.lights.length) this.element.lastChild.remove();
    while (this.element.children.length < view.lights.length) this.element.append(this.handle());
    view.lights.forEach((light, index) => this.place(this.element.children[index], light, index, view, scene));
  }

  handle() {
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

  place(handle, light, index, view, scene) {
    const share = shareAt([light.x, light.y], view, scene, this.stage.pixels);
    handle.style.left = `${100 * clamp(share[0], 0, 1)}%`;
    handle.style.top = `${100 * clamp(share[1], 0, 1)}%`;
    handle.style.setProperty("--colour", light.colour);
    handle.classList.toggle(
      "ode-outside",
      share.some((at) => at < 0 || at > 1),
    );
    handle.classList.toggle("ode-selected", index === view.selected && view.lights.length > 1);
    handle.classList.toggle("ode-directional", light.kind === "directional");
    const name = view.lights.length > 1 ? `Light ${index + 1}` : "Light";
    handle.setAttribute("aria-label", `${name}: drag, or move it with the arrow keys`);
    handle.setAttribute("aria-valuenow", light.x.toFixed(2));
    handle.setAttribute("aria-valuetext", `x ${spell(light.x)}, y ${spell(light.y)}`);
  }
}
