// How the scripts live in Gradio's HTML components.

/** @import { GradioComponent } from "../types" */

/**
 * Puts an element into a component's placeholder, and again whenever Gradio renders its template anew.
 *
 * @template {HTMLElement} Own
 * @param {HTMLElement} component
 * @param {Own} own
 */
export function mountIn(component, own) {
  const attach = () => {
    const place = component.querySelector(".ode-place");
    if (place && own.parentNode !== place) place.replaceChildren(own);
  };
  attach();
  new MutationObserver(attach).observe(component, { childList: true, subtree: true });
  return own;
}

/**
 * Calls `update` with the component's value, now and whenever it changes. The value comes boxed: see
 * app/components/boxed_value.py.
 *
 * @param {GradioComponent} component
 * @param {(value: any) => void} update
 */
export function watchValue({ props, watch }, update) {
  const notify = () => update(props.value?.[0]);
  notify();
  watch("value", notify);
}
