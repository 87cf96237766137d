// The button that copies the page's address, and the field that shows it where the browser refuses the clipboard: without
// HTTPS, or in a frame of another site.

import { make } from "../base/dom.js";
import { button } from "./controls.js";

/** @import { Store } from "../base/store.js" */
/** @import { AddressBar } from "../viewer/address-bar.js" */

export class CopyLinkButton {
  /**
   * @param {AddressBar} addressBar
   * @param {Store} store
   */
  constructor(addressBar, store) {
    this.addressBar = addressBar;
    this.button = button("Copy link", () => this.copy());
    this.field = make("input", { class: "ode-address", readonly: true, hidden: true, "aria-label": "Link to this view" });
    this.field.addEventListener("focus", () => this.field.select());
    // Hides an outdated address.
    store.subscribe(() => {
      if (!this.field.hidden) this.field.hidden = this.field.value !== this.addressBar.link;
    });
  }

  async copy() {
    this.addressBar.write();
    const { link } = this.addressBar;
    try {
      await navigator.clipboard.writeText(link);
    } catch {
      this.field.value = link;
      this.field.hidden = false;
      this.field.focus();
      return;
    }
    this.field.hidden = true;
    this.button.textContent = "Copied";
    setTimeout(() => (this.button.textContent = "Copy link"), 1500);
  }
}
