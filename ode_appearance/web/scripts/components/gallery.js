// Materials as cards with their animated previews. Names and texts are set as text, never as HTML.

class Gallery {
  /** `pick(name)` is called when a material is chosen. */
  constructor(root, pick) {
    this.root = root;
    this.pick = pick;
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", "Materials");
    document.addEventListener("ode-open", () => (this.chosen = null)); // something beside the gallery
  }

  update(value) {
    if (!value) return;
    if (value.first && this.chosen !== undefined) value = { ...value, selected: this.chosen }; // it was made before the choice
    this.cards = value.materials.map((material) => (material.error ? this.broken(material) : this.card(material)));
    this.root.replaceChildren(...this.cards);
    this.mark(value.selected);
  }

  card(material) {
    return make(
      "button",
      { type: "button", class: "ode-card", "data-name": material.name, onclick: () => this.choose(material) },
      material.preview
        ? calm(make("img", { src: material.preview.url, alt: "", draggable: "false" }))
        : make("span", { class: "ode-blank" }),
      make("span", { class: "ode-card-title", text: material.title }),
      make("span", { class: "ode-card-label", text: material.label }),
    );
  }

  broken(material) {
    return make(
      "div",
      { class: "ode-card ode-broken", "data-name": material.name },
      make("span", { class: "ode-card-title", text: material.title }),
      make("span", { class: "ode-card-label", text: material.error }),
    );
  }

  choose(material) {
    this.chosen = material.name;
    this.mark(material.name);
    document.dispatchEvent(new CustomEvent("ode-pick", { detail: material }));
    this.pick(material.name);
  }

  mark(name) {
    for (const card of this.cards)
      if (card.tagName === "BUTTON") card.setAttribute("aria-pressed", card.dataset.name === name);
  }
}
