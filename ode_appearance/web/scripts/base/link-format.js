// The view state in a link, read and written. The age map does not fit into a link.

import { clampLight } from "./lights.js";
import { parseNumbers } from "./link-parameters.js";
import { clamp, mapPair } from "./numbers.js";
import { MAX_LIGHTS, MAX_TILES, MAX_ZOOM, SURFACES, defaultLight, defaultView } from "./view-state.js";

/** @import { Pair, Scene, ViewState } from "../types" */

/**
 * Changes of the view that a link describes; values out of range are clamped, unknown ones ignored.
 *
 * @param {string} hash
 * @param {Scene} scene
 * @returns {Partial<ViewState>}
 */
export function parseView(hash, { material }) {
  const given = new URLSearchParams(hash.slice(1));
  /** @type {Partial<ViewState>} */
  const view = {};
  /** @type {(name: "time" | "divider" | "exposure" | "zoom", min: number, max: number) => void} */
  const readNumber = (name, min, max) => {
    const [value] = parseNumbers(given.get(name));
    if (value !== undefined) view[name] = clamp(value, min, max);
  };
  /** @type {(name: "tiles" | "centre" | "turn", separator: string, read: (value: number) => number) => void} */
  const readPair = (name, separator, read) => {
    const values = parseNumbers(given.get(name), separator);
    if (values.length === 2) view[name] = mapPair(/** @type {Pair} */ (values), read);
  };
  const [channel, second] = [given.get("channel"), given.get("second")];
  /**
   * @param {string | null} name
   * @returns {name is string}
   */
  const isChannel = (name) => material.views.some(([known]) => known === name);
  const surface = SURFACES.find(([name]) => name === given.get("surface"))?.[0];
  const lights = given.getAll("light").slice(0, MAX_LIGHTS).map(parseLight);
  readNumber("time", -1e5, 1e5);
  if (isChannel(channel)) view.channel = channel;
  if (isChannel(second) || (second === "exemplar" && material.exemplar)) view.second = second;
  readNumber("divider", 0, 1);
  readNumber("exposure", -4, 4);
  readNumber("zoom", 1, MAX_ZOOM);
  if (lights.length) view.lights = lights;
  if (surface) view.surface = surface;
  readPair("tiles", "x", (count) => clamp(Math.round(count), 1, MAX_TILES));
  readPair("centre", ",", (at) => clamp(at, 0, 1));
  readPair("turn", ",", (angle) => clamp(angle, -7, 7));
  if (given.has("exact")) view.exact = true;
  if (given.has("beside")) view.beside = true;
  return view;
}

/** @param {string} text */
function parseLight(text) {
  const [kind, x, y, height, logIntensity, colour, orbit] = text.split(",");
  /** @type {(given: string, min: number, max: number, usual: number) => number} */
  const number = (given, min, max, usual) => (Number.isFinite(Number(given)) ? clamp(Number(given), min, max) : usual);
  return clampLight(
    defaultLight({
      kind: kind === "directional" ? kind : "point",
      x: number(x, -1, 1, 0),
      y: number(y, -1, 1, 0),
      height: number(height, 0, 2, 1),
      logIntensity: number(logIntensity, -3, 3, 0),
      colour: /^[0-9a-f]{6}$/.test(colour) ? `#${colour}` : "#ffffff",
      orbit: number(orbit, 0, 1, 0),
    }),
  );
}

/** @param {number} value */
const brief = (value) => String(Number(value.toFixed(3)));

/**
 * The link to a view of a scene: the solve, and what differs from the default view.
 *
 * @param {ViewState} view
 * @param {Scene} scene
 */
export function formatLink(view, scene) {
  return "#" + [...solveParameters(scene), ...viewParameters(view, scene)].map((part) => part.join("=")).join("&");
}

/**
 * @param {Scene} scene
 * @returns {(string | number)[][]}
 */
function solveParameters({ material, seed, size, times, solver, start }) {
  const parts = [
    ["material", encodeURIComponent(material.name)],
    ["seed", seed],
    ["size", size.join("x")],
    ["range", [times[0], times[times.length - 1]].map(brief).join(",")],
  ];
  if (start) parts.push(["start", start]);
  if (solver) {
    const steps = solver.stepping === "fixed" ? "step" : "tolerance";
    parts.push(["solver", solver.method], [steps, solver[steps]], ["keyframes", times.length], ["quality", solver.quality]);
  }
  return parts;
}

/**
 * @param {ViewState} view
 * @param {Scene} scene
 */
function viewParameters(view, { captureLight }) {
  if (view.second === "kept") view = { ...view, second: null }; // exists on this page only
  const usual = defaultView();
  /** @type {(string | number)[][]} */
  const parts = [];
  /** @type {(name: string, text: string | number | null) => void} */
  const add = (name, text) => parts.push([name, String(text)]);
  if (view.time !== null) add("time", brief(view.time));
  for (const name of /** @type {const} */ (["channel", "second", "surface"]))
    if (view[name] !== usual[name]) add(name, view[name]);
  for (const name of /** @type {const} */ (["exposure", "zoom"]))
    if (view[name] !== usual[name]) add(name, brief(view[name]));
  if (view.second) add("divider", brief(view.divider));
  if (String(view.tiles) !== "1,1") add("tiles", view.tiles.join("x"));
  for (const name of /** @type {const} */ (["centre", "turn"]))
    if (String(view[name]) !== String(usual[name])) add(name, view[name].map(brief).join(","));
  if (view.exact) add("exact", 1);
  if (view.beside && view.second) add("beside", 1);
  if (JSON.stringify(view.lights) !== JSON.stringify([captureLight]))
    for (const { kind, x, y, height, logIntensity, colour, orbit } of view.lights)
      add("light", [kind, ...[x, y, height, logIntensity].map(brief), colour.slice(1), brief(orbit)].join(","));
  return parts;
}
