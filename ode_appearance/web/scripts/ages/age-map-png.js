// The age map as a grey PNG: 128 is the time of the slider, 255 one span of the exemplar ahead, 1 one span behind. The twin of
// rendering/age_map_png.py.

import { make } from "../base/dom.js";
import { clamp } from "../base/numbers.js";

/** @import { Ages, Pair } from "../types" */
/** @import { AgeMap } from "./age-map.js" */

const LEVELS_PER_SPAN = 127;

/**
 * Grey level of an age.
 *
 * @param {number} age
 * @param {number} duration of the exemplar
 */
export const ageToGrey = (age, duration) => clamp(128 + Math.round((age / duration) * LEVELS_PER_SPAN), 0, 255);

/**
 * @param {number} grey
 * @param {number} duration
 */
export const greyToAge = (grey, duration) => ((grey - 128) / LEVELS_PER_SPAN) * duration;

/** @param {Pair} size */
function canvasContext([width, height]) {
  const canvas = make("canvas", { width, height });
  return { canvas, context: /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d")) };
}

/**
 * @param {AgeMap} map
 * @param {number} duration
 * @returns {Promise<Blob>}
 */
export async function exportAges({ size, values }, duration) {
  const { canvas, context } = canvasContext(size);
  const picture = context.createImageData(...size);
  values.forEach((age, at) => {
    picture.data.fill(ageToGrey(age, duration), 4 * at, 4 * at + 3);
    picture.data[4 * at + 3] = 255;
  });
  context.putImageData(picture, 0, 0);
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be encoded."))), "image/png"),
  );
}

/**
 * The ages in a picture of any size, for a map of `size`; transparent pixels stay at the time of the slider.
 *
 * @param {File} file
 * @param {Pair} size
 * @param {number} duration
 * @returns {Promise<Ages>}
 */
export async function importAges(file, size, duration) {
  const [width, height] = size;
  const bitmap = await createImageBitmap(file, { resizeWidth: width, resizeHeight: height, resizeQuality: "high" });
  const { context } = canvasContext(size);
  context.fillStyle = "rgb(128, 128, 128)";
  context.fillRect(0, 0, width, height);
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, width, height);
  return Float32Array.from({ length: width * height }, (_, at) =>
    greyToAge((data[4 * at] + data[4 * at + 1] + data[4 * at + 2]) / 3, duration),
  );
}
