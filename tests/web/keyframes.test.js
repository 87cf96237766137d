import assert from "node:assert/strict";
import test from "node:test";

import { readBundle } from "../../ode_appearance/web/scripts/keyframes/keyframe-bundle.js";
import { KeyframeDecoder } from "../../ode_appearance/web/scripts/keyframes/keyframe-decoder.js";
import { KeyframeIndex } from "../../ode_appearance/web/scripts/keyframes/keyframe-index.js";
import { assertClose, fromBase64, reference } from "./values.js";

test("a bundle's keyframes are decoded to the texels of codec.py", async () => {
  const { seed, size, times, keyframes } = readBundle(fromBase64(reference.keyframes.bundle));
  assert.deepEqual([seed, size, times], [5, [3, 2], [0, 1.5]]);
  const decoder = new KeyframeDecoder({ size, material: { brdf: "rgb" } });
  const decoded = await Promise.all(keyframes.map((file) => decoder.decode(file)));
  decoded.forEach(({ planes }, index) => assert.deepEqual([...planes[0]], reference.keyframes.texels[index]));
});

test("a stopped decoder rejects", async () => {
  const { size, keyframes } = readBundle(fromBase64(reference.keyframes.bundle));
  const decoder = new KeyframeDecoder({ size, material: { brdf: "rgb" } });
  decoder.stop();
  await assert.rejects(decoder.decode(keyframes[0]));
});

test("another file is no bundle", () => assert.throws(() => readBundle(new ArrayBuffer(16))));

function filledIndex() {
  const index = new KeyframeIndex();
  for (const [layer, time] of [2, 0, 1].entries())
    index.add(time, layer, { scale: time + 1, low: -time, high: 2 * time });
  return index;
}

test("keyframes are sorted by time", () => {
  const index = filledIndex();
  assert.deepEqual([index.times, index.first, index.last], [[0, 1, 2], 0, 2]);
  assertClose([...index.table], [0, 1, 1, 0, 1, 2, 2, 0, 2, 0, 3, 0]);
});

test("a time between two keyframes blends them", () => {
  const { layers, blend, heightScale, heightRange } = filledIndex().at(1.25);
  assert.deepEqual([layers, blend, heightScale], [[2, 0], 0.25, [2, 3]]);
  assertClose(heightRange, [-1.25, 2.5]);
});

test("times are clamped to what has arrived", () => {
  assert.equal(filledIndex().at(7).time, 2);
  assert.equal(filledIndex().at(-7).time, 0);
});

test("steps go from keyframe to keyframe", () => {
  const index = filledIndex();
  assert.deepEqual([index.step(0.5, 1), index.step(0.5, -1), index.step(1, 1), index.step(1, -5)], [1, 0, 2, 0]);
});
