// Elements are built without innerHTML: names and texts of materials come from elsewhere, and are inserted as text.

/**
 * Creates an element: `make("p", { class: "hint", text: "..." }, ...children)`. `text` is its text, `on...` are listeners, all
 * else attributes; false, null and undefined leave an attribute out.
 *
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, any>} [attributes]
 * @param {...(Node | string)} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, { text, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== undefined && value !== null)
      element.setAttribute(name, value === true ? "" : value);
  }
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

/**
 * Stops an animated picture at its first frame if the system asks for reduced motion.
 *
 * @param {HTMLImageElement} image
 */
export function respectReducedMotion(image) {
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) return image;
  image.addEventListener("load", () => {
    const { naturalWidth: width, naturalHeight: height, src } = image;
    if (src.startsWith("data:")) return;
    const canvas = make("canvas", { width, height });
    canvas.getContext("2d")?.drawImage(image, 0, 0);
    image.src = canvas.toDataURL();
  });
  return image;
}

/**
 * Offers a file for download.
 *
 * @param {Blob} blob
 * @param {string} name
 */
export function download(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
