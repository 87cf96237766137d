// Which keyframes have arrived, and which two of them lie around a time.

import { clamp } from "../base/numbers.js";

/** @import { Heights, KeyframeBlend } from "../types" */

/** Keyframes sorted by time; they may arrive in any order. */
export class KeyframeIndex {
  /** @type {{ time: number, layer: number, heights: Heights }[]} */
  entries = [];
  table = new Float32Array();

  /**
   * @param {number} time
   * @param {number} layer of the textures that hold the keyframe
   * @param {Heights} heights
   */
  add(time, layer, heights) {
    const later = this.entries.findIndex((entry) => entry.time > time);
    this.entries.splice(later < 0 ? this.entries.length : later, 0, { time, layer, heights });
    this.table = new Float32Array(this.entries.flatMap((entry) => [entry.time, entry.layer, entry.heights.scale, 0]));
  }

  get times() {
    return this.entries.map((entry) => entry.time);
  }

  /** Model time of the first keyframe, undefined without one. */
  get first() {
    return this.entries[0]?.time;
  }

  get last() {
    return this.entries.at(-1)?.time;
  }

  /**
   * The time `count` keyframes after `time` (before it, where negative), or the outermost one.
   *
   * @param {number} time
   * @param {number} count
   */
  step(time, count) {
    const { times } = this;
    const here = count > 0 ? times.findLastIndex((known) => known <= time) : times.findIndex((known) => known >= time);
    return times[clamp(here + count, 0, times.length - 1)];
  }

  /**
   * The blend of keyframes for a time, clamped to those that have arrived.
   *
   * @param {number} time
   * @returns {KeyframeBlend}
   */
  at(time) {
    const clamped = clamp(time, this.first, /** @type {number} */ (this.last));
    const after = Math.max(
      this.entries.findIndex((entry) => entry.time >= clamped),
      0,
    );
    const b = this.entries[after];
    const a = this.entries[Math.max(after - 1, 0)];
    const blend = b.time > a.time ? (clamped - a.time) / (b.time - a.time) : 1;
    /** @type {(name: "low" | "high") => number} */
    const mix = (name) => a.heights[name] * (1 - blend) + b.heights[name] * blend;
    return {
      time: clamped,
      layers: [a.layer, b.layer],
      blend,
      heightScale: [a.heights.scale, b.heights.scale],
      heightRange: [mix("low"), mix("high")],
      table: this.table,
    };
  }
}
