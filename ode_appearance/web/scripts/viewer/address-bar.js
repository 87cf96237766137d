// Keeps the page's address up to date with the view, and reads the link that the page was opened with.

import { formatLink, parseView } from "../base/link-format.js";
import { parseSolve } from "../base/link-parameters.js";

/** @import { Scene } from "../types" */
/** @import { Store } from "../base/store.js" */

export class AddressBar {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /** @param {Store} store */
  constructor(store) {
    this.store = store;
    this.openedWith = location.hash;
    store.subscribe(() => this.writeLater());
  }

  /** Debounced, because browsers allow a hundred changes in 30 seconds. */
  writeLater() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), 400);
  }

  write() {
    const { view, scene } = this.store;
    if (!scene || scene.provisional) return; // the server has yet to read the link that the page was opened with
    const link = formatLink(view, scene);
    if (link !== location.hash) history.replaceState(history.state, "", link);
  }

  /** The address of the current view. */
  get link() {
    const { view, scene } = this.store;
    return scene && !scene.provisional ? new URL(formatLink(view, scene), location.href).href : location.href;
  }

  /** The material that the page was opened with. */
  get linkedMaterial() {
    return parseSolve(this.openedWith).material;
  }

  /**
   * Whether the page was opened with another material, whose value is still to come.
   *
   * @param {string} name
   */
  leadsElsewhere(name) {
    const material = this.linkedMaterial;
    return material !== undefined && material !== name;
  }

  /**
   * The view that the page was opened with, if it is of this material; only the first call returns it.
   *
   * @param {Scene} scene
   */
  takeView(scene) {
    const hash = this.openedWith;
    this.openedWith = "";
    return parseSolve(hash).material === scene.material.name ? parseView(hash, scene) : {};
  }
}
