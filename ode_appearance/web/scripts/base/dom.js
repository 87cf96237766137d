// Elements without innerHTML: names and texts of materials come from elsewhere, and are text.

/** An element: `make("p", { class: "hint", text: "..." }, ...children)`; `on...` are listeners, all else attributes. */
function make(tag, { text, ...attributes } = {}, ...children) {
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

/** Puts an element of our own into a component of Gradio's, and again where that renders its template anew; returns it. */
function settle(component, own) {
  const attach = () => {
    const place = component.querySelector(".ode-place");
    if (place && own.parentNode !== place) place.replaceChildren(own);
  };
  attach();
  new MutationObserver(attach).observe(component, { childList: true, subtree: true });
  return own;
}

/** Tells `update` the value of a component of Gradio's, now and whenever it changes (see app/components/boxed_value.py). */
function follow(props, watch, update) {
  const tell = () => update(props.value?.[0]);
  tell();
  watch("value", tell);
}

/** Lets an animated picture rest at its first frame, for those who asked their system for less motion. */
function calm(image) {
  if (!matchMedia("(prefers-reduced-motion: reduce)").matches) return image;
  image.addEventListener("load", () => {
    const { naturalWidth: width, naturalHeight: height, src } = image;
    if (src.startsWith("data:")) return;
    const canvas = make("canvas", { width, height });
    canvas.getContext("2d").drawImage(image, 0, 0);
    image.src = canvas.toDataURL();
  });
  return image;
}

/** A number for reading: a real minus sign, and as many decimals as asked for. */
const spell = (number, decimals = 2) =>
  number
    .toFixed(decimals)
    .replace(/^-(?=0\.?0*$)/, "")
    .replace("-", "\u2212");

const clamp = (value, least, most) => Math.min(Math.max(value, least), most);
