// A list of materials by name, and a sentence above it. Names and texts are inserted as text.

import { make } from "../base/dom.js";

/** @typedef {{ name: string, title: string, label: string }} Row */
/** @typedef {{ note: string, rows: Row[], selected: string | null }} MaterialListValue see app/components/material_list.py */

export class MaterialList {
  /** @type {string | null} */
  marked = null;

  /**
   * @param {HTMLElement} root
   * @param {(name: string) => void} onPick
   */
  constructor(root, onPick) {
    this.onPick = onPick;
    this.note = make("p", { class: "ode-material-list-note", role: "status" });
    this.list = make("div", { class: "ode-material-list-rows", role: "group" });
    root.replaceChildren(this.note, this.list);
    document.addEventListener("ode-pick", () => this.mark(null)); // a material of the gallery
  }

  /** @param {MaterialListValue | null | undefined} value */
  update(value) {
    if (!value) return;
    this.note.hidden = !value.note;
    this.note.textContent = value.note;
    this.list.replaceChildren(...value.rows.map((row) => this.row(row)));
    this.mark(value.selected === "" ? this.marked : value.selected);
  }

  /** @param {Row} row */
  row({ name, title, label }) {
    return make(
      "button",
      { type: "button", class: "ode-material-list-row", "data-name": name, onclick: () => this.pick(name) },
      make("span", { class: "ode-material-list-title", text: title }),
      make("span", { class: "ode-material-list-label", text: label }),
    );
  }

  /** @param {string} name */
  pick(name) {
    document.dispatchEvent(new CustomEvent("ode-open")); // a material that is not in the gallery
    this.onPick(name);
  }

  /** @param {string | null} name */
  mark(name) {
    this.marked = name;
    for (const row of this.list.children)
      row.setAttribute("aria-pressed", String(row.getAttribute("data-name") === name));
  }
}
