// A scene for the tests, whose camera is that of reference.json.

import { defaultLight } from "../../ode_appearance/web/scripts/base/view-state.js";

export const material = {
  name: "rusting steel",
  title: "Rusting steel",
  brdf: "cook_torrance",
  warmup: 2,
  duration: 10,
  views: [
    ["lit", "Lit surface"],
    ["height", "Height"],
  ],
};

export const scene = {
  material,
  seed: 3,
  size: [64, 32],
  times: [-2, 0, 10],
  halfWidth: 1.25 * Math.tan(Math.PI / 6),
  distance: 1.25,
  captureLight: defaultLight(),
};
