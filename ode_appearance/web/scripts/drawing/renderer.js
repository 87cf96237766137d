// Draws a view: blends keyframes, shades them at the size of the tiled state, and scales the result to the canvas or wraps it
// around a solid. Independent of the page around the canvas.

import { planeExtent, solidRepeats, solidSize, tiledSize, visibleRegion } from "../base/geometry.js";
import { lightUniforms } from "../base/lights.js";
import { mapPair, samePair } from "../base/numbers.js";
import { DEFAULT_FRAMING } from "../base/view-state.js";
import { Graphics } from "./graphics.js";
import { PRESENT_SHADER, shaderOf } from "./shaders.js";
import { centredRegion } from "./split-view.js";

/** @import { KeyframeBlend, Pair, Region, RenderTarget, Samplers, Scene, Uniforms, ViewState } from "../types" */
/** @import { Part } from "./split-view.js" */

/** @type {Record<string, number>} */
const CHANNELS = {
  lit: 0,
  diffuse: 1,
  albedo: 1,
  specular: 2,
  metallic: 3,
  roughness: 4,
  roughness_u: 4,
  roughness_v: 5,
  normal: 6,
  height: 7,
};
const BACKGROUND = [26, 24, 26].map((value) => value / 255); // as in viewer.css
const MAX_SHADED_TEXELS = 2 ** 23; // of a tiled plane; of a larger one only every second, third, ... is shaded

export class Renderer {
  /**
   * Throws where the browser has no WebGL2.
   *
   * @param {HTMLCanvasElement} canvas
   */
  constructor(canvas) {
    this.canvas = canvas;
    this.graphics = new Graphics(canvas);
    this.gl = this.graphics.gl;
  }

  /**
   * Compiles the shaders of a flat material of a BRDF model (or "rgb") ahead of its keyframes.
   *
   * @param {string} brdf
   */
  precompile(brdf) {
    if (this.gl.isContextLost()) return;
    for (const source of [shaderOf("flat", brdf), PRESENT_SHADER]) this.graphics.compile(source);
  }

  /**
   * Draws parts of the picture (see split-view.js) on the canvas.
   *
   * @param {Part[]} parts
   * @param {ViewState} view
   * @param {boolean} fast magnifies bilinearly, not by Catmull-Rom
   */
  draw(parts, view, fast = false) {
    const { gl } = this;
    for (const part of parts) {
      const flat = part.alwaysFlat || view.surface === "flat";
      if (!flat) this.renderMaps(part);
      const plane = flat ? this.shadePlane(part, part.alwaysFlat ? { ...view, ...DEFAULT_FRAMING } : view) : null;
      gl.enable(gl.SCISSOR_TEST);
      gl.scissor(part.from, 0, part.to - part.from, this.canvas.height);
      if (plane) this.present(plane, this.regionOf(part, parts[0].keyframeSet.scene, view), part, view, fast);
      else this.drawSolid(part, view);
      gl.disable(gl.SCISSOR_TEST);
    }
  }

  /**
   * The visible region of a part's plane. A part of another size than the first one is centred in its plane, texel on texel.
   *
   * @param {Part} part
   * @param {Scene} firstScene
   * @param {ViewState} view
   * @returns {Region}
   */
  regionOf({ keyframeSet, alwaysFlat, width }, firstScene, view) {
    const framing = view.surface === "flat" ? view : { ...view, ...DEFAULT_FRAMING };
    const region = visibleRegion(framing, firstScene, [width, this.canvas.height]);
    const { scene } = keyframeSet;
    if (samePair(scene.size, firstScene.size) && !alwaysFlat) return region;
    return centredRegion(region, tiledSize(framing, firstScene), alwaysFlat ? scene.size : tiledSize(framing, scene));
  }

  /**
   * Shades the plane at the size of the tiled state.
   *
   * @param {Part} part
   * @param {ViewState} view
   */
  shadePlane({ keyframeSet, channel, blend }, view) {
    const { scene, textures } = keyframeSet;
    const size = tiledSize(view, scene);
    const maxSize = this.gl.getParameter(this.gl.MAX_TEXTURE_SIZE);
    const stride = Math.ceil(Math.max(Math.sqrt((size[0] * size[1]) / MAX_SHADED_TEXELS), Math.max(...size) / maxSize));
    const target = keyframeSet.target(
      "plane",
      mapPair(size, (length) => Math.floor(length / stride)),
      [this.gl.RGBA8],
    );
    /** @type {Uniforms} */
    const uniforms = {
      ...textures.uniforms(blend),
      ...this.shadingUniforms(scene, blend, view, channel),
      tiles: ["ivec2", ...view.tiles],
      stride: ["int", stride],
      extent: ["vec2", ...planeExtent(view, scene)],
    };
    this.graphics.draw(target, shaderOf("flat", scene.material.brdf, textures.hasAges), uniforms, textures.samplers);
    return target;
  }

  /**
   * Shows a region of a shaded plane on the canvas.
   *
   * @param {RenderTarget} target
   * @param {Region} region
   * @param {Part} part
   * @param {ViewState} view
   * @param {boolean} fast
   */
  present(target, { from, span }, { left, width }, view, fast) {
    /** @type {Pair} */
    const pixels = [width, this.canvas.height];
    const minification = Math.max(...mapPair(span, (length, axis) => (length * target.size[axis]) / pixels[axis]));
    if (minification > 1 && !view.exact) this.graphics.generateMipmaps(target);
    /** @type {Uniforms} */
    const uniforms = {
      canvasSize: ["vec2", ...pixels],
      left: ["float", left],
      from: ["vec2", ...from],
      span: ["vec2", ...span],
      level: ["float", Math.max(Math.log2(minification), 0)],
      exact: ["int", Number(view.exact)],
      catmullRom: ["int", Number(minification <= 1 && !fast)],
      background: ["vec3", ...BACKGROUND],
    };
    this.graphics.draw(null, PRESENT_SHADER, uniforms, { shaded: [this.gl.TEXTURE_2D, target.textures[0]] });
  }

  /**
   * The blended maps as textures that can be filtered; of a single texel where one is given.
   *
   * @param {Part} part
   * @param {Pair} [texel]
   */
  renderMaps({ keyframeSet, blend }, texel) {
    const { scene, textures } = keyframeSet;
    const formats = Array(3).fill(this.graphics.mapFormat.format);
    const target = keyframeSet.target(texel ? "texel" : "maps", texel ? [1, 1] : scene.size, formats, this.gl.REPEAT);
    /** @type {Uniforms} */
    const uniforms = {
      ...textures.uniforms(blend),
      heightRange: ["vec2", ...blend.heightRange],
      origin: ["ivec2", ...(texel ?? [0, 0])],
    };
    this.graphics.draw(target, shaderOf("maps", scene.material.brdf, textures.hasAges), uniforms, textures.samplers);
    if (!texel) this.graphics.generateMipmaps(target);
    return target;
  }

  /**
   * @param {Part} part whose maps have been rendered
   * @param {ViewState} view
   */
  drawSolid({ keyframeSet, channel, blend, left, width }, view) {
    const { scene, targets, textures } = keyframeSet;
    const { radius, halfHeight } = solidSize(scene);
    /** @type {Uniforms} */
    const uniforms = {
      ...this.shadingUniforms(scene, blend, view, channel),
      canvasSize: ["vec2", width, this.canvas.height],
      left: ["float", left],
      halfWidth: ["float", scene.halfWidth],
      zoom: ["float", view.zoom],
      sphere: ["int", Number(view.surface === "sphere")],
      radius: ["float", radius],
      halfHeight: ["float", halfHeight],
      turn: ["vec2", ...view.turn],
      repeats: ["vec2", ...solidRepeats(view)],
      background: ["vec3", ...BACKGROUND],
    };
    /** @type {Samplers} */
    const samplers = {};
    targets.get("maps")?.textures.forEach((texture, index) => {
      samplers[`maps${index}`] = [this.gl.TEXTURE_2D, texture];
    });
    this.graphics.draw(null, shaderOf("solid", scene.material.brdf, textures.hasAges), uniforms, samplers);
  }

  /**
   * Uniforms of lights.glsl.
   *
   * @param {Scene} scene
   * @param {KeyframeBlend} blend
   * @param {ViewState} view
   * @param {string} channel
   * @returns {Uniforms}
   */
  shadingUniforms(scene, blend, view, channel) {
    return {
      ...lightUniforms(view.lights, scene.distance),
      cameraHeight: ["float", scene.distance],
      exposure: ["float", 2 ** view.exposure],
      heightRange: ["vec2", ...blend.heightRange],
      channel: ["int", CHANNELS[channel]],
    };
  }
}
