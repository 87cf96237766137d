// Maps between uv coordinates of the canvas (x to the right, y downward, both in [0, 1]), the lit plane, and texels of the
// state. The solids are those of solid.glsl and shading/solid_geometry.py. `pixels` is the canvas's size.

import { clamp, mapPair } from "./numbers.js";

/** @import { Framing, Pair, Region, Scene, ViewState } from "../types" */

const OUTLINE = 0.9; // width of a solid's outline as a fraction of the picture's

/**
 * [across, down] texels of the tiled state.
 *
 * @param {Pick<Framing, "tiles">} view
 * @param {Pick<Scene, "size">} scene
 */
export const tiledSize = ({ tiles }, { size }) => mapPair(size, (length, axis) => length * tiles[axis]);

/**
 * Half the width and height of the lit plane.
 *
 * @param {Framing} view
 * @param {Scene} scene
 * @returns {Pair}
 */
export function planeExtent(view, scene) {
  const [across, down] = view.surface === "flat" ? tiledSize(view, scene) : [1, 1];
  return [scene.halfWidth, (scene.halfWidth * down) / across];
}

/**
 * The visible region of the tiled plane.
 *
 * @param {Framing} view
 * @param {Scene} scene
 * @param {Pair} pixels
 * @returns {Region}
 */
export function visibleRegion(view, scene, pixels) {
  const size = tiledSize(view, scene);
  /** @type {Pair} */
  let span = [1 / view.zoom, 1 / view.zoom];
  if (view.exact) {
    const scale = pixelsPerTexel(view, scene, pixels);
    span = mapPair(pixels, (length, axis) => length / (scale * size[axis]));
  }
  const from = mapPair(span, (length, axis) => {
    const start = length >= 1 ? (1 - length) / 2 : clamp(view.centre[axis] - length / 2, 0, 1 - length);
    // Edges of texels fall on edges of pixels.
    const grid = (pixels[axis] / length) | 0;
    return view.exact ? Math.round(start * grid) / grid : start;
  });
  return { from, span };
}

/**
 * Screen pixels per texel in the view of exact pixels.
 *
 * @param {Framing} view
 * @param {Scene} scene
 * @param {Pair} pixels
 */
function pixelsPerTexel(view, scene, pixels) {
  const fitting = mapPair(tiledSize(view, scene), (length, axis) => pixels[axis] / length);
  return Math.max(1, Math.floor(Math.min(...fitting) * view.zoom));
}

/**
 * The point (x, y) of the lit plane at uv, y upward.
 *
 * @param {Pair} uv
 * @param {Framing} view
 * @param {Scene} scene
 * @param {Pair} pixels
 */
export function uvToPlane(uv, view, scene, pixels) {
  const extent = planeExtent(view, scene);
  if (view.surface !== "flat")
    return mapPair(uv, (at, axis) => ((at - 0.5) * (axis ? -2 : 2) * extent[axis]) / view.zoom);
  const { from, span } = visibleRegion(view, scene, pixels);
  return mapPair(tiledSize(view, scene), (length, axis) => {
    // Centres of the outermost texels lie on the border of the plane, which is half a texel inside the picture.
    const along = (2 * ((from[axis] + uv[axis] * span[axis]) * length - 0.5)) / Math.max(length - 1, 1) - 1;
    return (axis ? -along : along) * extent[axis];
  });
}

/**
 * The inverse of `uvToPlane`.
 *
 * @param {Pair} point
 * @param {Framing} view
 * @param {Scene} scene
 * @param {Pair} pixels
 */
export function planeToUv(point, view, scene, pixels) {
  const extent = planeExtent(view, scene);
  const along = mapPair(point, (at, axis) => (axis ? -at : at) / extent[axis]);
  if (view.surface !== "flat") return mapPair(along, (at) => 0.5 + (at / 2) * view.zoom);
  const { from, span } = visibleRegion(view, scene, pixels);
  return mapPair(
    tiledSize(view, scene),
    (length, axis) => ((((along[axis] + 1) / 2) * (length - 1) + 0.5) / length - from[axis]) / span[axis],
  );
}

/**
 * Size of a solid whose outline fills OUTLINE of the picture; the sphere has no `halfHeight`.
 *
 * @param {Pick<Scene, "halfWidth" | "distance">} scene
 */
export function solidSize({ halfWidth, distance }) {
  const sine = Math.sin(Math.atan((OUTLINE * halfWidth) / distance));
  return { radius: (sine * distance) / (1 - sine), halfHeight: OUTLINE * halfWidth };
}

/**
 * Repetitions of the state on a solid: around it, so that it is hardly stretched, and from top to bottom.
 *
 * @param {Pick<Framing, "surface" | "tiles">} view
 * @returns {Pair}
 */
export const solidRepeats = ({ surface, tiles }) => [(surface === "sphere" ? 2 : 5) * tiles[0], tiles[1]];

/**
 * The position [x, y] in texels (not rounded) of the state at uv, or null beside the surface.
 *
 * @param {Pair} uv
 * @param {Framing} view
 * @param {Scene} scene
 * @param {Pair} pixels
 * @returns {Pair | null}
 */
export function uvToTexel(uv, view, scene, pixels) {
  const { size } = scene;
  if (view.surface === "flat") {
    const { from, span } = visibleRegion(view, scene, pixels);
    const place = mapPair(uv, (at, axis) => from[axis] + at * span[axis]);
    if (place.some((at) => at < 0 || at >= 1)) return null;
    return mapPair(place, (at, axis) => (at * view.tiles[axis] * size[axis]) % size[axis]);
  }
  const place = uvToSolid(uv, view, scene, pixels);
  return place && mapPair(place, (at, axis) => (at - Math.floor(at)) * size[axis]);
}

/**
 * Texture coordinates, in states, where the ray through uv hits the solid, or null.
 *
 * @param {Pair} uv
 * @param {Framing} view
 * @param {Scene} scene
 * @param {Pair} pixels
 * @returns {Pair | null}
 */
function uvToSolid(uv, view, scene, pixels) {
  const { radius, halfHeight } = solidSize(scene);
  const sphere = view.surface === "sphere";
  const [x, y] = uvToPlane(uv, view, scene, pixels);
  const ray = [x, y, -scene.distance];
  const eye = [0, 0, scene.distance + radius];
  /** @type {(a: number[], b: number[]) => number} */
  const dot = (a, b) => a[0] * b[0] + (sphere ? a[1] * b[1] : 0) + a[2] * b[2];
  const [a, b, c] = [dot(ray, ray), dot(eye, ray), dot(eye, eye) - radius * radius];
  if (b * b < a * c) return null;
  const depth = (-b - Math.sqrt(b * b - a * c)) / a;
  const [px, py, pz] = eye.map((at, axis) => at + depth * ray[axis]);
  if (!sphere && Math.abs(py) > halfHeight) return null;
  const [sine, cosine] = sphere ? [Math.sin(view.turn[1]), Math.cos(view.turn[1])] : [0, 1];
  const up = (cosine * py - sine * pz) / radius;
  const toward = (sine * py + cosine * pz) / radius;
  const around = (Math.atan2(px / radius, toward) + view.turn[0]) / (2 * Math.PI);
  const down = sphere ? Math.acos(clamp(up, -1, 1)) / Math.PI : 0.5 - py / (2 * halfHeight);
  const repeats = solidRepeats(view);
  return [around * repeats[0] + 0.5, down * repeats[1]];
}

/**
 * Width to height of the picture of a plane.
 *
 * @param {ViewState} view
 * @param {Scene} scene
 */
export function aspectRatio(view, scene) {
  if (view.surface !== "flat") return 1;
  const [across, down] = tiledSize(view, scene);
  return across / down;
}
