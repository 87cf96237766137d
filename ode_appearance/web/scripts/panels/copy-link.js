// The button that copies the page's address, and the field that shows it where the browser refuses the clipboard: without
// HTTPS, or in a frame of another site.

class CopyLink {
  constructor(address, store) {
    this.address = address;
    this.button = button("Copy link", () => this.copy());
    this.field = make("input", { class: "ode-address", readonly: true, hidden: true, "aria-label": "Link to what is seen" });
    this.field.addEventListener("focus", () => this.field.select());
    // An address of something else is worse than none.
    store.listen(() => (this.field.hidden ||= this.field.value !== this.address.link));
  }

  async copy() {
    this.address.write();
    const link = this.address.link;
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
