import assert from "node:assert/strict";
import test from "node:test";

import { planeToUv, solidSize, uvToPlane, uvToTexel } from "../../ode_appearance/web/scripts/base/geometry.js";
import { defaultView } from "../../ode_appearance/web/scripts/base/view-state.js";
import { scene } from "./scene.js";
import { assertClose, reference } from "./values.js";

const pixels = [640, 320];

test("solids have the size and texture coordinates of solid_geometry.py", () => {
  const { radius, halfHeight } = solidSize(scene);
  assertClose([radius, halfHeight], reference.solids.size);
  for (const [surface, places] of Object.entries(reference.solids.places)) {
    const view = { ...defaultView(), surface, tiles: [2, 3], turn: [0.4, -0.3] };
    const texel = places.map((place, axis) => (place - Math.floor(place)) * scene.size[axis]);
    assertClose(uvToTexel([0.3, 0.4], view, scene, pixels), texel, 1e-3);
  }
});

test("planeToUv inverts uvToPlane", () => {
  for (const changes of [{}, { zoom: 3, centre: [0.3, 0.6] }, { exact: true }, { surface: "sphere", zoom: 2 }]) {
    const view = { ...defaultView(), tiles: [2, 1], ...changes };
    assertClose(planeToUv(uvToPlane([0.2, 0.7], view, scene, pixels), view, scene, pixels), [0.2, 0.7]);
  }
});

test("a flat state repeats, and has an end", () => {
  const view = { ...defaultView(), tiles: [2, 1] };
  assertClose(uvToTexel([0.75, 0.5], view, scene, pixels), [32, 16]);
  assert.equal(uvToTexel([0.5, 1.01], view, scene, pixels), null);
});
