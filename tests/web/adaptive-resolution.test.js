import assert from "node:assert/strict";
import test from "node:test";

import { AdaptiveResolution } from "../../ode_appearance/web/scripts/drawing/adaptive-resolution.js";

/** Scales of frames that take so many milliseconds each, while something moves. */
function scalesOf(milliseconds, onRestored = () => {}) {
  let now = 0;
  const resolution = new AdaptiveResolution(onRestored, () => now);
  const scales = milliseconds.map((spent) => {
    resolution.frameRequested();
    now += spent;
    return resolution.frameStarted();
  });
  return { resolution, scales };
}

test("fast frames have all pixels", () => {
  assert.deepEqual(scalesOf(Array(8).fill(16)).scales, Array(8).fill(1));
});

test("after four slow frames in a row the resolution is reduced, and restored at rest", () => {
  let restored = 0;
  const { resolution, scales } = scalesOf(Array(6).fill(60), () => restored++);
  assert.deepEqual(scales.slice(-2), [0.5, 0.5]);
  assert.equal(scales[2], 1);
  resolution.restore();
  assert.deepEqual([resolution.scale, restored], [1, 1]);
});
