// Small functions of numbers and pairs.

/** @import { Pair } from "../types" */

/**
 * @param {number} value
 * @param {number} min
 * @param {number} max
 */
export const clamp = (value, min, max) => Math.min(Math.max(value, min), max);

/**
 * A number as text, with a real minus sign and no negative zero.
 *
 * @param {number} number
 */
export const formatNumber = (number, decimals = 2) =>
  number
    .toFixed(decimals)
    .replace(/^-(?=0\.?0*$)/, "")
    .replace("-", "\u2212");

/**
 * @param {Pair} pair
 * @param {(value: number, axis: 0 | 1) => number} map
 * @returns {Pair}
 */
export const mapPair = (pair, map) => [map(pair[0], 0), map(pair[1], 1)];

/**
 * @param {Pair} a
 * @param {Pair} b
 */
export const samePair = (a, b) => a[0] === b[0] && a[1] === b[1];
