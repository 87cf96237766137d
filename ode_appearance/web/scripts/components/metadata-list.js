// Labels and texts about a material, inserted as text.

import { make } from "../base/dom.js";

export class MetadataList {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {[label: string, text: string][] | null | undefined} rows */
  update(rows) {
    this.root.replaceChildren(
      ...(rows ?? []).flatMap(([label, text]) => [make("dt", { text: label }), make("dd", { text })]),
    );
  }
}
