// The kinds of controls that the panels are made of. Each has an `element` and `show(value)`.

import { make } from "../base/dom.js";
import { formatNumber } from "../base/numbers.js";

/**
 * A slider in a row with its label and its value.
 *
 * @param {string} label
 * @param {{ min: number, max: number, step?: number, format?: (value: number) => string, title?: string }} options
 * @param {(value: number) => void} onChange
 */
export function sliderRow(label, { min, max, step = 0.01, format = (value) => formatNumber(value), title }, onChange) {
  const slider = make("input", {
    type: "range",
    min,
    max,
    step,
    "aria-label": label,
    oninput: () => onChange(Number(slider.value)),
  });
  const output = make("output");
  return {
    element: make("label", { class: "ode-row", title }, make("span", { text: label }), slider, output),
    slider,
    /** @param {number} value */
    show(value) {
      if (Number(slider.value) !== value) slider.value = String(value);
      output.textContent = format(value);
    },
  };
}

/**
 * A choice of [value, label] options.
 *
 * @param {string} label
 * @param {[value: string, label: string][]} options
 * @param {(value: string) => void} onChange
 */
export function selectRow(label, options, onChange) {
  const select = make("select", { "aria-label": label, onchange: () => onChange(select.value) });
  /** @param {[value: string, label: string][]} options */
  const setOptions = (options) =>
    select.replaceChildren(...options.map(([value, text]) => make("option", { value, text })));
  setOptions(options);
  return {
    element: make("label", { class: "ode-row ode-choice" }, make("span", { text: label }), select),
    setOptions,
    /** @param {string} value */
    show(value) {
      if (select.value !== value) select.value = value;
    },
  };
}

/**
 * A whole number to type.
 *
 * @param {string} label
 * @param {{ min: number, max: number }} range
 * @param {(value: number) => void} onChange
 */
export function numberRow(label, { min, max }, onChange) {
  const input = make("input", {
    type: "number",
    min,
    max,
    step: 1,
    "aria-label": label,
    oninput: () => input.validity.valid && input.value && onChange(Number(input.value)),
  });
  return {
    element: make("label", { class: "ode-row ode-number" }, make("span", { text: label }), input),
    /** @param {number} value */
    show(value) {
      if (document.activeElement !== input) input.value = String(value);
    },
  };
}

/**
 * @param {string} text
 * @param {(() => void) | undefined} onclick
 * @param {Record<string, any>} [attributes]
 */
export function button(text, onclick, attributes = {}) {
  return make("button", { type: "button", class: "ode-button", text, onclick, ...attributes });
}

/**
 * A button that is on or off.
 *
 * @param {string} text
 * @param {(on: boolean) => void} onChange
 * @param {Record<string, any>} [attributes]
 */
export function toggle(text, onChange, attributes = {}) {
  const element = button(text, () => onChange(element.getAttribute("aria-pressed") !== "true"), attributes);
  element.setAttribute("aria-pressed", "false");
  /** @param {boolean} on */
  const show = (on) => element.setAttribute("aria-pressed", String(on));
  return { element, show };
}

/** @param {string} text */
export const hint = (text) => make("p", { class: "ode-hint", text });

/** @param {...Node} children */
export const buttonGroup = (...children) => make("div", { class: "ode-buttons" }, ...children);

/**
 * A group of controls that folds. Of those of one viewer one is open at a time.
 *
 * @param {string} title
 * @param {() => void} onOpen
 * @param {...Node} children
 */
export function panel(title, onOpen, ...children) {
  const element = make(
    "details",
    { class: "ode-group", name: "ode-group", ontoggle: () => element.open && onOpen() },
    make("summary", { text: title }),
    make("div", { class: "ode-group-body" }, ...children),
  );
  return element;
}
