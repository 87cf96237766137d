// Keyframes and the age map as textures, which keyframe-blend.glsl reads.

/** @import { Ages, Keyframe, KeyframeBlend, Pair, Samplers, Uniforms } from "../types" */
/** @import { Graphics } from "../drawing/graphics.js" */

export class KeyframeTextures {
  /** @type {WebGLTexture[]} */
  planes = [];
  /** @type {WebGLTexture | null} */
  ages = null;
  /** @type {WebGLTexture | null} */
  keyframeTable = null;
  /**
   * The array that `keyframeTable` was filled from.
   * @type {Float32Array | null}
   */
  uploadedTable = null;
  /** @type {Pair} */
  size = [0, 0];

  /** @param {Graphics} graphics */
  constructor(graphics) {
    this.graphics = graphics;
    this.gl = graphics.gl;
  }

  /**
   * Throws where the graphics card has no room.
   *
   * @param {Pair} size
   * @param {number} layers
   * @param {string} brdf
   */
  allocate(size, layers, brdf) {
    const gl = this.gl;
    const [maxSize, maxLayers] = [gl.getParameter(gl.MAX_TEXTURE_SIZE), gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS)];
    if (Math.max(...size) > maxSize)
      throw new Error(`This graphics driver holds pictures of up to ${maxSize} pixels; choose a smaller size.`);
    if (layers > maxLayers) throw new Error(`This graphics driver holds up to ${maxLayers} keyframes; choose fewer.`);
    while (gl.getError() !== gl.NO_ERROR);
    this.size = size;
    this.planes = Array.from({ length: brdf === "rgb" ? 1 : 4 }, () => {
      const texture = this.graphics.createTexture(gl.TEXTURE_2D_ARRAY);
      gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA8UI, ...size, layers);
      return texture;
    });
    if (gl.getError() === gl.OUT_OF_MEMORY) {
      this.free();
      throw new Error("The graphics memory is too small for these keyframes; choose a smaller size or fewer of them.");
    }
  }

  /**
   * @param {number} layer
   * @param {Keyframe} keyframe
   */
  upload(layer, keyframe) {
    const gl = this.gl;
    const [width, height] = this.size;
    this.planes.forEach((texture, plane) => {
      gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
      const pixels = keyframe.planes[plane];
      const [format, type] = [gl.RGBA_INTEGER, gl.UNSIGNED_BYTE];
      gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, layer, width, height, 1, format, type, pixels);
    });
  }

  /**
   * Uploads the age map, or removes it (null).
   *
   * @param {Ages | null} values
   * @param {Pair} rows the first and the last row that have changed
   */
  setAges(values, rows) {
    const gl = this.gl;
    if (!values) {
      gl.deleteTexture(this.ages);
      this.ages = null;
      return;
    }
    const [width, height] = this.size;
    const [first, last] = this.ages ? rows.map((row) => Math.min(row, height - 1)) : [0, height - 1];
    if (this.ages) gl.bindTexture(gl.TEXTURE_2D, this.ages);
    else {
      this.ages = this.graphics.createTexture(gl.TEXTURE_2D);
      gl.texStorage2D(gl.TEXTURE_2D, 1, gl.R32F, width, height);
    }
    const changed = values.subarray(first * width, (last + 1) * width);
    gl.texSubImage2D(gl.TEXTURE_2D, 0, 0, first, width, last - first + 1, gl.RED, gl.FLOAT, changed);
  }

  get hasAges() {
    return Boolean(this.ages);
  }

  /**
   * @param {KeyframeBlend} blend
   * @returns {Uniforms}
   */
  uniforms(blend) {
    if (this.hasAges) {
      this.uploadTable(blend.table);
      return { time: ["float", blend.time], keyframeCount: ["int", blend.table.length / 4] };
    }
    return {
      layers: ["ivec2", ...blend.layers],
      blend: ["float", blend.blend],
      heightScale: ["vec2", ...blend.heightScale],
    };
  }

  /** @param {Float32Array<ArrayBuffer>} table */
  uploadTable(table) {
    if (this.uploadedTable === table) return;
    const gl = this.gl;
    gl.deleteTexture(this.keyframeTable);
    this.keyframeTable = this.graphics.createTexture(gl.TEXTURE_2D);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA32F, table.length / 4, 1, 0, gl.RGBA, gl.FLOAT, table);
    this.uploadedTable = table;
  }

  /** @returns {Samplers} */
  get samplers() {
    const gl = this.gl;
    /** @type {Samplers} */
    const samplers = {};
    this.planes.forEach((texture, index) => (samplers[`plane${index}`] = [gl.TEXTURE_2D_ARRAY, texture]));
    if (this.hasAges) {
      samplers.ages = [gl.TEXTURE_2D, this.ages];
      samplers.keyframeTable = [gl.TEXTURE_2D, this.keyframeTable];
    }
    return samplers;
  }

  free() {
    for (const texture of [...this.planes, this.ages, this.keyframeTable]) this.gl.deleteTexture(texture);
    this.planes = [];
    this.ages = this.keyframeTable = this.uploadedTable = null;
  }
}
