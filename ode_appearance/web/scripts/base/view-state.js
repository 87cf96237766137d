// The view state before anything is chosen, and its limits.

/** @import { Framing, Light, Surface, ViewState } from "../types" */

export const MAX_LIGHTS = 8; // as in lights.glsl
export const MAX_TILES = 8;
export const MAX_ZOOM = 32;

/** @type {[Surface, string][]} */
export const SURFACES = [
  ["flat", "Flat"],
  ["sphere", "Sphere"],
  ["cylinder", "Cylinder"],
];

/** @type {Framing} */
export const DEFAULT_FRAMING = { surface: "flat", tiles: [1, 1], zoom: 1, centre: [0.5, 0.5], turn: [0, 0], exact: false };

/**
 * The light without a material, with changes.
 *
 * @param {Partial<Light>} [changes]
 * @returns {Light}
 */
export const defaultLight = (changes) => ({
  kind: "point",
  x: 0,
  y: 0,
  height: 1,
  logIntensity: 0,
  colour: "#ffffff",
  orbit: 0,
  ...changes,
});

/** @returns {ViewState} */
export const defaultView = () => ({
  time: null,
  playing: false,
  speed: 1,
  pingPong: false,
  channel: "lit",
  second: null,
  beside: false,
  kept: null,
  divider: 0.5,
  exposure: 0,
  lights: [defaultLight()],
  selected: 0,
  ...DEFAULT_FRAMING,
  tool: "light",
  brush: { by: 0, radius: 0.12, softness: 0.5, erase: false },
  painted: 0,
});
