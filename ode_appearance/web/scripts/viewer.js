// Bundle: the viewer, in the app (app/components/viewer.py) or in an exported page (web/page.py).

import { watchValue } from "./base/gradio.js";
import { Viewer } from "./viewer/viewer.js";
import { ViewerApi } from "./viewer/viewer-api.js";

/** @import { GradioComponent, Run, ServerCalls, ViewState } from "./types" */

/**
 * Builds a viewer in a container with one child.
 *
 * @param {HTMLElement} container
 * @param {ServerCalls} server
 */
function createViewer(container, server) {
  const root = /** @type {HTMLElement} */ (container.firstElementChild);
  const api = new ViewerApi(new Viewer(root, server));
  container.odeViewer = api;
  return api;
}

/** @param {GradioComponent} component */
export function mount(component) {
  const { element, trigger, server } = component;
  const container = /** @type {HTMLElement} */ (element.querySelector(".ode-viewer"));
  const viewer = createViewer(container, {
    stop: () => trigger("stop"),
    range: (range) => trigger("range", range),
    picture: (request) => server.picture(request),
    exemplar: (name) => server.exemplar(name),
    opening: (name) => server.opening(name),
  });
  watchValue(component, (value) => viewer.update(value));
}

/**
 * The viewer of a page without a server, which has all keyframes itself.
 *
 * @param {HTMLElement} container
 * @param {Run} value
 * @param {Partial<ViewState> | null} view
 */
export function mountStandalone(container, value, view) {
  const picture = async () => ({ error: "This page needs a browser with WebGL2." });
  const viewer = createViewer(container, { picture });
  viewer.update(value);
  if (view) viewer.set(view);
}
