// Python's values (see test_scripts.py), and assertions on them.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

export const reference = JSON.parse(readFileSync(new URL("reference.json", import.meta.url), "utf-8"));

export const fromBase64 = (text) => Uint8Array.from(Buffer.from(text, "base64")).buffer;

export function assertClose(found, expected, tolerance = 1e-5) {
  assert.equal(found.length, expected.length);
  found.forEach((value, at) => assert.ok(Math.abs(value - expected[at]) <= tolerance, `${found} is not ${expected}`));
}
