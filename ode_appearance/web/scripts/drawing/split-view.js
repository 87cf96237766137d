// Split view: the picture shows one channel of one keyframe set, or two, with a divider between them or side by side.

import { mapPair } from "../base/numbers.js";

/** @import { KeyframeBlend, Material, Pair, Region, ViewState } from "../types" */
/** @import { KeyframeSet } from "../keyframes/keyframe-set.js" */

/**
 * @typedef {object} Content
 * @property {KeyframeSet} keyframeSet
 * @property {string} channel
 * @property {KeyframeBlend} blend
 * @property {boolean} [alwaysFlat] shown flat whatever the surface (the exemplar)
 */

/**
 * A part of the picture: it is `width` pixels wide from `left` on, of which the pixels between `from` and `to` are visible.
 *
 * @typedef {Content & { left: number, width: number, from: number, to: number }} Part
 */

/** @typedef {{ kept: KeyframeSet | null, exemplar: KeyframeSet | null }} Comparable */

const GAP = 4; // pixels between two pictures side by side

/**
 * Width of each of two pictures side by side.
 *
 * @param {number} width
 */
export const halfWidth = (width) => (width - GAP) >> 1;

/**
 * @param {Comparable & { shown: KeyframeSet | null }} sets
 * @param {number} width of the canvas
 * @param {ViewState} view
 * @returns {Part[]}
 */
export function splitParts({ shown, kept, exemplar }, width, view) {
  if (!shown) return [];
  const blend = shown.index.at(view.time ?? /** @type {number} */ (shown.index.last));
  /** @type {Content} */
  const first = { keyframeSet: shown, channel: view.channel, blend };
  const second = secondContent(view, first, { kept, exemplar });
  if (!second) return [{ ...first, left: 0, width, from: 0, to: width }];
  if (view.beside) {
    const half = halfWidth(width);
    return [
      { ...first, left: 0, width: half, from: 0, to: half },
      { ...second, left: width - half, width: half, from: width - half, to: width },
    ];
  }
  const middle = Math.round(view.divider * width);
  return [
    { ...first, left: 0, width, from: 0, to: middle },
    { ...second, left: 0, width, from: middle, to: width },
  ];
}

/**
 * The keyframe set that `second` names, undefined where it is a channel.
 *
 * @param {string} second
 * @param {Comparable} comparable
 */
function otherSet(second, { kept, exemplar }) {
  if (second === "kept") return kept;
  return second === "exemplar" ? exemplar : undefined;
}

/**
 * Whether the second content can be drawn: the kept keyframes and the exemplar may not have arrived (yet).
 *
 * @param {string} second
 * @param {Comparable} comparable
 */
export function secondAvailable(second, comparable) {
  const other = otherSet(second, comparable);
  return other === undefined || Boolean(other?.ready);
}

/**
 * @param {ViewState} view
 * @param {Content} first
 * @param {Comparable} comparable
 * @returns {Content | null}
 */
function secondContent({ second, channel }, { keyframeSet: shown, blend }, comparable) {
  if (!second || !secondAvailable(second, comparable)) return null;
  const other = otherSet(second, comparable);
  if (!other) return { keyframeSet: shown, channel: second, blend };
  const { material } = other.scene;
  const hasChannel = material.views.some(([name]) => name === channel);
  return {
    keyframeSet: other,
    channel: second === "kept" && hasChannel ? channel : "lit",
    blend: other.index.at(correspondingTime(blend.time, shown.scene.material, material)),
    alwaysFlat: second === "exemplar",
  };
}

/**
 * The time at which material `to` is as far in its span, or in its warm-up, as `from` at `time`.
 *
 * @param {number} time
 * @param {Pick<Material, "warmup" | "duration">} from
 * @param {Pick<Material, "warmup" | "duration">} to
 */
export function correspondingTime(time, from, to) {
  const length = time < 0 ? "warmup" : "duration";
  return time * (from[length] ? to[length] / from[length] : 1);
}

/**
 * The visible region of a picture of `size` texels centred in a plane of `plane` texels, texel on texel, given the plane's.
 *
 * @param {Region} region
 * @param {Pair} plane
 * @param {Pair} size
 * @returns {Region}
 */
export function centredRegion({ from, span }, plane, size) {
  return {
    from: mapPair(from, (at, axis) => (at * plane[axis] - (plane[axis] - size[axis]) / 2) / size[axis]),
    span: mapPair(span, (length, axis) => (length * plane[axis]) / size[axis]),
  };
}
