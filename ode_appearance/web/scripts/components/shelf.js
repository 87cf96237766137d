// A list of materials by name, and a sentence above it. Names and texts are set as text, never as HTML.

class Shelf {
  /** `pick(name)` is called when a row is chosen. */
  constructor(root, pick) {
    this.pick = pick;
    this.note = make("p", { class: "ode-shelf-note", role: "status" });
    this.list = make("div", { class: "ode-shelf-rows", role: "group" });
    root.replaceChildren(this.note, this.list);
    document.addEventListener("ode-pick", () => this.mark(null)); // something else is looked at
  }

  update(value) {
    if (!value) return;
    this.note.hidden = !value.note;
    this.note.textContent = value.note;
    this.list.replaceChildren(...value.rows.map((row) => this.row(row)));
    this.mark(value.selected === "" ? this.marked : value.selected);
  }

  row({ name, title, label }) {
    return make(
      "button",
      { type: "button", class: "ode-shelf-row", "data-name": name, onclick: () => this.choose(name) },
      make("span", { class: "ode-shelf-title", text: title }),
      make("span", { class: "ode-shelf-label", text: label }),
    );
  }

  choose(name) {
    document.dispatchEvent(new CustomEvent("ode-open")); // it is not of the gallery
    this.pick(name);
  }

  mark(name) {
    this.marked = name;
    for (const row of this.list.children) row.setAttribute("aria-pressed", row.dataset.name === name);
  }
}
