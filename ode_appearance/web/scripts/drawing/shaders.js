// Fragment shaders, put together from the files of web/shaders.

import brdf from "../../shaders/brdf.glsl";
import flat from "../../shaders/flat.glsl";
import keyframeBlend from "../../shaders/keyframe-blend.glsl";
import lights from "../../shaders/lights.glsl";
import maps from "../../shaders/maps.glsl";
import present from "../../shaders/present.glsl";
import solid from "../../shaders/solid.glsl";

// The order is that of the constants in keyframe-blend.glsl.
const BRDF_MODELS = [
  "rgb",
  "diffuse_cook_torrance",
  "diffuse_iso_cook_torrance",
  "compl_cook_torrance",
  "compl_iso_cook_torrance",
  "cook_torrance",
  "iso_cook_torrance",
];

const PASSES = {
  flat: [keyframeBlend, brdf, lights, flat],
  solid: [keyframeBlend, brdf, lights, solid],
  maps: [keyframeBlend, brdf, maps],
};

/**
 * The shader of a pass for a BRDF model (or "rgb"), with or without an age map.
 *
 * @param {keyof typeof PASSES} pass
 * @param {string} model
 */
export function shaderOf(pass, model, hasAges = false) {
  const defines = [`BRDF ${BRDF_MODELS.indexOf(model)}`, ...(hasAges ? ["AGED"] : [])];
  return header(defines) + PASSES[pass].join("\n");
}

/** The shader that shows a shaded plane on the canvas. */
export const PRESENT_SHADER = header([]) + present;

/** @param {string[]} defines */
function header(defines) {
  const lines = defines.map((define) => `#define ${define}\n`).join("");
  return `#version 300 es\n${lines}precision highp float;\nprecision highp int;\nprecision highp sampler2D;\n`;
}
