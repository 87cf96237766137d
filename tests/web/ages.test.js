import assert from "node:assert/strict";
import test from "node:test";

import { ageToGrey, greyToAge } from "../../ode_appearance/web/scripts/ages/age-map-png.js";
import { AgeMap } from "../../ode_appearance/web/scripts/ages/age-map.js";
import { packAges } from "../../ode_appearance/web/scripts/ages/packed-ages.js";
import { inflate } from "../../ode_appearance/web/scripts/keyframes/keyframe-decoder.js";
import { assertClose, fromBase64, reference } from "./values.js";

const { values, packed, duration, grey, range } = reference.ages;

const unpack = async ({ data }) => [...new Float32Array(await inflate(fromBase64(data)))];

test("ages are packed as view_state.py packs them", async () => {
  const own = await packAges({ size: [3, 2], values: Float32Array.from(values) });
  assert.deepEqual(own.size, packed.size);
  assert.deepEqual(await unpack(own), await unpack(packed));
});

test("grey levels are those of age_map_png.py", () => {
  assertClose(values.map((age) => ageToGrey(age, duration)), grey);
  assertClose([greyToAge(0, duration), greyToAge(255, duration)], range);
});

test("a dab wraps around the border and can be undone", () => {
  const map = new AgeMap([8, 8]);
  map.begin();
  map.dab([0.5, 4.5], { amount: 2, radius: 2, softness: 0 });
  assert.deepEqual([map.values[4 * 8], map.values[4 * 8 + 1], map.values[4 * 8 + 7], map.values[4 * 8 + 4]], [2, 2, 2, 0]);
  map.undo();
  assert.ok(!map.painted);
});
