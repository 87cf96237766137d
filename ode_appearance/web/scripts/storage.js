// Bundle: in the page's head. A browser may refuse storage to a page in a frame of another site: reading `localStorage` then
// raises an error, which Gradio's BrowserState does not expect. Such a page gets a storage that lasts as long as the page.

class MemoryStorage {
  /** @type {Map<string, string>} */
  items = new Map();

  get length() {
    return this.items.size;
  }

  /** @param {number} index */
  key(index) {
    return [...this.items.keys()][index] ?? null;
  }

  /** @param {string} key */
  getItem(key) {
    return this.items.get(String(key)) ?? null;
  }

  /**
   * @param {string} key
   * @param {string} value
   */
  setItem(key, value) {
    this.items.set(String(key), String(value));
  }

  /** @param {string} key */
  removeItem(key) {
    this.items.delete(String(key));
  }

  clear() {
    this.items.clear();
  }
}

for (const name of /** @type {const} */ (["localStorage", "sessionStorage"])) {
  try {
    window[name].getItem("");
  } catch {
    Object.defineProperty(window, name, { value: new MemoryStorage(), configurable: true });
  }
}
