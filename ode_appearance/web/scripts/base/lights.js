// Lights as the shader takes them, their presets (those of the paper), and their orbits. The twin of shading/lights.py.

import { clamp } from "./numbers.js";

/** @import { Light, Scene, Uniforms, ViewState } from "../types" */

/** @type {Record<string, { x: number, y: number }>} */
export const LIGHT_PRESETS = {
  Centre: { x: 0, y: 0 },
  Up: { x: 0, y: 0.6 },
  Left: { x: -0.5, y: 0 },
  "Right, down": { x: 0.5, y: -0.5 },
};

/** @type {Record<"x" | "y" | "height" | "logIntensity", [min: number, max: number]>} */
export const LIGHT_RANGE = { x: [-1, 1], y: [-1, 1], height: [0.05, 2], logIntensity: [-3, 3] };

const ORBIT_RADIUS = 0.8; // of the plane's half width, as published

/**
 * A light with every number in its range.
 *
 * @param {Light} light
 * @returns {Light}
 */
export function clampLight(light) {
  const { x, y, height, logIntensity } = LIGHT_RANGE;
  return {
    ...light,
    x: clamp(light.x, ...x),
    y: clamp(light.y, ...y),
    height: clamp(light.height, ...height),
    logIntensity: clamp(light.logIntensity, ...logIntensity),
  };
}

/**
 * Linear RGB factors of a display colour "#rrggbb".
 *
 * @param {string} colour
 */
export const linearColour = (colour) => [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);

/**
 * Uniforms of lights.glsl. A point light's power falls off with distance; a directional light arrives as a point light does at
 * distance 1.
 *
 * @param {Light[]} lights
 * @param {number} distance of the camera
 * @returns {Uniforms}
 */
export function lightUniforms(lights, distance) {
  const positions = lights.flatMap(({ kind, x, y, height }) => [x, y, height * distance, kind === "point" ? 1 : 0]);
  const powers = lights.flatMap(({ colour, logIntensity }) =>
    linearColour(colour).map((factor) => factor * Math.exp(logIntensity)),
  );
  return {
    lightCount: ["int", lights.length],
    "lightPositions[0]": ["vec4[]", positions],
    "lightPowers[0]": ["vec3[]", powers],
  };
}

/**
 * Orbiting lights `seconds` later: about the centre, clockwise seen from above, as published.
 *
 * @param {Light[]} lights
 * @param {number} seconds
 * @param {number} halfWidth of the lit plane
 */
export function orbitLights(lights, seconds, halfWidth) {
  return lights.map((light) => {
    if (!light.orbit) return light;
    const distance = Math.hypot(light.x, light.y);
    const radius = distance > 0.02 ? distance : ORBIT_RADIUS * halfWidth;
    const angle = Math.atan2(light.x, light.y) + 2 * Math.PI * light.orbit * seconds;
    return { ...light, x: radius * Math.sin(angle), y: radius * Math.cos(angle) };
  });
}

/**
 * Whether lights change the picture: a flat RGB texture is shown as it is.
 *
 * @param {ViewState} view
 * @param {Scene} scene
 */
export const isLit = (view, scene) => scene.material.brdf !== "rgb" || view.surface !== "flat";
