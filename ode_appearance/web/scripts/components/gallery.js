// Materials as cards with their animated previews. Names and texts are inserted as text.

import { make, respectReducedMotion } from "../base/dom.js";

/** @import { Card } from "../types" */

/** @typedef {{ selected: string | null, first: boolean, materials: Card[] }} GalleryValue see app/components/gallery.py */

export class Gallery {
  /** The material picked here; null once another was opened elsewhere, undefined before. @type {string | null | undefined} */
  picked;
  /** @type {HTMLElement[]} */
  cards = [];

  /**
   * @param {HTMLElement} root
   * @param {(name: string) => void} onPick
   */
  constructor(root, onPick) {
    this.root = root;
    this.onPick = onPick;
    root.setAttribute("role", "group");
    root.setAttribute("aria-label", "Materials");
    document.addEventListener("ode-open", () => (this.picked = null)); // a material that is not in the gallery
  }

  /** @param {GalleryValue | null | undefined} value */
  update(value) {
    if (!value) return;
    this.cards = value.materials.map((card) => (card.error ? this.brokenCard(card) : this.card(card)));
    this.root.replaceChildren(...this.cards);
    // The first value of a page may be older than the user's choice.
    this.mark(value.first && this.picked !== undefined ? this.picked : value.selected);
  }

  /** @param {Card} material */
  card(material) {
    return make(
      "button",
      { type: "button", class: "ode-card", "data-name": material.name, onclick: () => this.pick(material) },
      material.preview
        ? respectReducedMotion(make("img", { src: material.preview.url, alt: "", draggable: "false" }))
        : make("span", { class: "ode-blank" }),
      make("span", { class: "ode-card-title", text: material.title }),
      make("span", { class: "ode-card-label", text: material.label }),
    );
  }

  /** @param {Card} material */
  brokenCard(material) {
    return make(
      "div",
      { class: "ode-card ode-broken", "data-name": material.name },
      make("span", { class: "ode-card-title", text: material.title }),
      make("span", { class: "ode-card-label", text: material.error }),
    );
  }

  /** @param {Card} material */
  pick(material) {
    this.picked = material.name;
    this.mark(material.name);
    document.dispatchEvent(new CustomEvent("ode-pick", { detail: material }));
    this.onPick(material.name);
  }

  /** @param {string | null} name */
  mark(name) {
    for (const card of this.cards)
      if (card.tagName === "BUTTON") card.setAttribute("aria-pressed", String(card.dataset.name === name));
  }
}
