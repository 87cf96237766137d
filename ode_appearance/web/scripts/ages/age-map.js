// The age map: model time that each texel of the state is ahead of the time slider, row by row from the top. It repeats with
// the state.

import { clamp } from "../base/numbers.js";

/** @import { Ages, Pair } from "../types" */

const MAX_UNDO_BYTES = 64 << 20;

/**
 * @param {number} index
 * @param {number} length
 */
const wrap = (index, length) => ((index % length) + length) % length;

export class AgeMap {
  /** @type {Ages[]} */
  undoStack = [];
  /** Ages before the current stroke. @type {Ages} */
  before = new Float32Array();
  /** Strongest dab of the current stroke, in [0, 1]. @type {Ages} */
  coverage = new Float32Array();

  /** @param {Pair} size */
  constructor(size) {
    this.size = size;
    /** @type {Ages} */
    this.values = new Float32Array(size[0] * size[1]);
  }

  /** Begins a change that can be undone as a whole. */
  begin() {
    this.before = this.values.slice();
    this.coverage = new Float32Array(this.values.length);
    const maxSteps = Math.max(1, Math.floor(MAX_UNDO_BYTES / this.before.byteLength));
    this.undoStack = [...this.undoStack, this.before].slice(-maxSteps);
  }

  undo() {
    const before = this.undoStack.pop();
    if (before) this.values = before;
    return Boolean(before);
  }

  get painted() {
    return this.values.some((age) => age !== 0);
  }

  /**
   * Dabs the brush. Within a stroke the strongest dab counts. Returns the first and the last row that changed.
   *
   * @param {Pair} place in texels
   * @param {{ amount: number, radius: number, softness: number }} brush age in the middle, radius in texels
   * @returns {Pair}
   */
  dab(place, { amount, radius, softness }) {
    const [width, height] = this.size;
    const reach = Math.ceil(radius);
    const [x, y] = place.map(Math.floor);
    const rows = Math.min(2 * reach + 1, height);
    const columns = Math.min(2 * reach + 1, width);
    for (let row = 0; row < rows; row++) {
      const down = y - (rows >> 1) + row;
      for (let column = 0; column < columns; column++) {
        const across = x - (columns >> 1) + column;
        const distance = Math.hypot(across + 0.5 - place[0], down + 0.5 - place[1]) / radius;
        if (distance >= 1) continue;
        const fade = clamp((1 - distance) / Math.max(softness, 1e-6), 0, 1);
        const at = wrap(down, height) * width + wrap(across, width);
        this.coverage[at] = Math.max(this.coverage[at], fade * fade * (3 - 2 * fade));
        this.values[at] = this.before[at] + (amount - this.before[at]) * this.coverage[at];
      }
    }
    const [first, last] = [y - (rows >> 1), y + (rows >> 1)];
    return first >= 0 && last < height ? [first, last] : [0, height - 1];
  }

  /**
   * Sets every age to `age(x, y)` of its position in [0, 1].
   *
   * @param {(x: number, y: number) => number} age
   */
  fill(age) {
    this.begin();
    const [width, height] = this.size;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) this.values[y * width + x] = age((x + 0.5) / width, (y + 0.5) / height);
  }

  /**
   * The same map for a state of another size.
   *
   * @param {Pair} size
   */
  resized(size) {
    const other = new AgeMap(size);
    const [width, height] = this.size;
    other.fill((x, y) => this.values[Math.floor(y * height) * width + Math.floor(x * width)]);
    other.undoStack = [];
    return other;
  }
}

/**
 * The brush's first age: half the way from a time to the start or the end of the solve, whichever is further away, because at
 * the end nothing can become older.
 *
 * @param {number | null} time
 * @param {{ times: number[] }} scene
 */
export function defaultAge(time, { times }) {
  const [start, end] = [Math.max(times[0], 0), times[times.length - 1]];
  const now = time ?? end;
  return Number(((end - now >= now - start ? end - now : start - now) / 2).toFixed(2));
}

/**
 * Smooth periodic value noise in [0, 1], of four octaves, as a function of a position in [0, 1].
 *
 * @returns {(x: number, y: number) => number}
 */
export function periodicNoise(random = Math.random) {
  const octaves = [4, 8, 16, 32].map((cells, octave) => ({
    cells,
    weight: 0.5 ** octave,
    corners: Float32Array.from({ length: cells * cells }, random),
  }));
  /** @param {number} t */
  const smooth = (t) => t * t * (3 - 2 * t);
  return (x, y) => {
    let [sum, weights] = [0, 0];
    for (const { cells, weight, corners } of octaves) {
      const [column, row] = [Math.floor(x * cells), Math.floor(y * cells)];
      const [u, v] = [smooth(x * cells - column), smooth(y * cells - row)];
      /** @type {(i: number, j: number) => number} */
      const corner = (i, j) => corners[wrap(row + j, cells) * cells + wrap(column + i, cells)];
      const upper = corner(0, 0) * (1 - u) + corner(1, 0) * u;
      const lower = corner(0, 1) * (1 - u) + corner(1, 1) * u;
      sum += weight * (upper * (1 - v) + lower * v);
      weights += weight;
    }
    return clamp((sum / weights - 0.5) * 1.8 + 0.5, 0, 1);
  };
}
