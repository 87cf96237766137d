// Reads pixels and numbers back from the graphics card.

import { DEFAULT_FRAMING } from "../base/view-state.js";

/** @import { Pair, ViewState } from "../types" */
/** @import { Renderer } from "./renderer.js" */
/** @import { Part } from "./split-view.js" */

/**
 * The flat, untiled state of a part, at its own size: RGBA bytes, top row first.
 *
 * @param {Renderer} renderer
 * @param {Part} part
 * @param {ViewState} view
 */
export function readState(renderer, part, view) {
  const { gl } = renderer;
  const [width, height] = part.keyframeSet.scene.size;
  renderer.shadePlane(part, { ...view, ...DEFAULT_FRAMING });
  const pixels = new Uint8Array(4 * width * height);
  gl.readPixels(0, 0, width, height, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  return pixels;
}

/**
 * The twelve numbers that maps.glsl writes for a texel of a part.
 *
 * @param {Renderer} renderer
 * @param {Part} part
 * @param {Pair} texel
 */
export function readMaps(renderer, part, texel) {
  const { gl } = renderer;
  const { type, NumberArray, max } = renderer.graphics.mapFormat;
  renderer.renderMaps(part, texel);
  return [0, 1, 2].flatMap((index) => {
    const rgba = new NumberArray(4);
    gl.readBuffer(gl.COLOR_ATTACHMENT0 + index);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, type, rgba);
    return Array.from(rgba, (value) => value / max);
  });
}

/**
 * RGBA bytes of the canvas at a pixel, counted from its top left; valid right after drawing.
 *
 * @param {Renderer} renderer
 * @param {Pair} pixel
 */
export function readCanvas({ gl, canvas }, [x, y]) {
  const rgba = new Uint8Array(4);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  gl.readPixels(x, canvas.height - 1 - y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, rgba);
  return rgba;
}
