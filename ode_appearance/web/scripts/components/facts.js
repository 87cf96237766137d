// Labels and texts of a material, as text.

class Facts {
  constructor(root) {
    this.root = root;
  }

  update(rows) {
    this.root.replaceChildren(
      ...(rows || []).flatMap(([label, text]) => [make("dt", { text: label }), make("dd", { text })]),
    );
  }
}
