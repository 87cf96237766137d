// Reads the files that keyframes/bundle.py writes: all keyframes of one solve.

import { KeyframeDecoder } from "./keyframe-decoder.js";

/** @import { KeyframeBundle } from "../types" */
/** @import { KeyframeSet } from "./keyframe-set.js" */

/**
 * @param {ArrayBuffer} file
 * @returns {KeyframeBundle}
 */
export function readBundle(file) {
  const view = new DataView(file);
  if (file.byteLength < 8 || view.getUint32(0) !== 0x4f444542) throw new Error("This is not a file of keyframes.");
  let at = 8 + view.getUint32(4, true);
  const { seed, size, times, lengths } = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, at - 8)));
  const keyframes = lengths.map((/** @type {number} */ length) => file.slice(at, (at += length)));
  return { seed, size, times, keyframes };
}

/** @param {string} address */
export async function fetchBundle(address) {
  const response = await fetch(address);
  if (!response.ok) throw new Error(`The keyframes could not be fetched (HTTP status ${response.status}).`);
  return readBundle(await response.arrayBuffer());
}

/**
 * Adds a bundle's keyframes to a keyframe set, one after the other, while `isWanted()`; `onAdded()` is called after each.
 *
 * @param {KeyframeSet} keyframeSet
 * @param {KeyframeBundle} bundle
 * @param {() => boolean} isWanted
 * @param {() => void} onAdded
 */
export async function fillFromBundle(keyframeSet, { times, keyframes }, isWanted, onAdded) {
  const decoder = new KeyframeDecoder(keyframeSet.scene);
  const coming = [];
  for (const layer of keyframes.keys()) {
    const ahead = keyframes.slice(layer + coming.length, layer + decoder.ahead);
    coming.push(...ahead.map((file) => decoder.decode(file)));
    const keyframe = await coming.shift();
    if (!keyframe || !isWanted()) return decoder.stop();
    keyframeSet.add(layer, times[layer], keyframe);
    onAdded();
  }
}
