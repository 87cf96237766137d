// A thin layer over WebGL2: programs with their uniforms, textures, and render targets.

/** @import { Pair, RenderTarget, Samplers, Uniforms } from "../types" */

/** @typedef {{ handle: WebGLProgram, location: (name: string) => WebGLUniformLocation | null, checked: boolean }} Program */

// One triangle that covers the viewport.
const VERTEX_SHADER = `#version 300 es
void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0); }`;
/** @type {Record<string, string>} */
const SETTERS = { int: "1i", ivec2: "2i", float: "1f", vec2: "2f", vec3: "3f", "vec3[]": "3fv", "vec4[]": "4fv" };

export class Graphics {
  /** @type {Map<string, Program>} */
  programs = new Map();

  /**
   * Throws where the browser has no WebGL2.
   *
   * @param {HTMLCanvasElement} canvas
   */
  constructor(canvas) {
    const gl = canvas.getContext("webgl2", {
      alpha: false,
      antialias: false,
      depth: false,
      powerPreference: "high-performance",
    });
    if (!gl) throw new Error("WebGL2 is not available");
    this.gl = gl;
    this.mapFormat = chooseMapFormat(gl);
  }

  /** After a lost context: nothing that was created before it exists any more. */
  reset() {
    this.programs = new Map();
    this.mapFormat = chooseMapFormat(this.gl);
  }

  /**
   * @param {number} binding
   * @param {{ filter?: number, minFilter?: number, wrap?: number }} [options]
   */
  createTexture(binding, { filter = this.gl.NEAREST, minFilter = filter, wrap = this.gl.CLAMP_TO_EDGE } = {}) {
    const gl = this.gl;
    const texture = gl.createTexture();
    gl.bindTexture(binding, texture);
    gl.texParameteri(binding, gl.TEXTURE_MAG_FILTER, filter);
    gl.texParameteri(binding, gl.TEXTURE_MIN_FILTER, minFilter);
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(binding, name, wrap);
    return texture;
  }

  /**
   * Textures of one size, one of each format, with room for mipmaps.
   *
   * @param {Pair} size
   * @param {number[]} formats
   * @param {number} [wrap]
   * @returns {RenderTarget}
   */
  createTarget(size, formats, wrap) {
    const gl = this.gl;
    const levels = 1 + Math.floor(Math.log2(Math.max(...size)));
    const framebuffer = gl.createFramebuffer();
    const textures = formats.map((format) => {
      const texture = this.createTexture(gl.TEXTURE_2D, { filter: gl.LINEAR, minFilter: gl.LINEAR_MIPMAP_LINEAR, wrap });
      gl.texStorage2D(gl.TEXTURE_2D, levels, format, ...size);
      return texture;
    });
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    const attachments = textures.map((texture, index) => {
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0 + index, gl.TEXTURE_2D, texture, 0);
      return gl.COLOR_ATTACHMENT0 + index;
    });
    gl.drawBuffers(attachments);
    return { size, textures, framebuffer };
  }

  /** @param {RenderTarget} target */
  deleteTarget({ textures, framebuffer }) {
    textures.forEach((texture) => this.gl.deleteTexture(texture));
    this.gl.deleteFramebuffer(framebuffer);
  }

  /** @param {RenderTarget} target */
  generateMipmaps({ textures }) {
    const gl = this.gl;
    for (const texture of textures) {
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.generateMipmap(gl.TEXTURE_2D);
    }
  }

  /**
   * Draws over all of `target`, or of the canvas (null).
   *
   * @param {RenderTarget | null} target
   * @param {string} source of the fragment shader
   * @param {Uniforms} uniforms
   * @param {Samplers} samplers
   */
  draw(target, source, uniforms, samplers) {
    const gl = this.gl;
    const { handle, location } = this.program(source);
    const [width, height] = target?.size ?? [gl.drawingBufferWidth, gl.drawingBufferHeight];
    gl.bindFramebuffer(gl.FRAMEBUFFER, target?.framebuffer ?? null);
    gl.viewport(0, 0, width, height);
    gl.useProgram(handle);
    for (const [name, [type, ...values]] of Object.entries(uniforms))
      /** @type {any} */ (gl)[`uniform${SETTERS[type]}`](location(name), ...values);
    Object.entries(samplers).forEach(([name, [binding, texture]], unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(binding, texture);
      gl.uniform1i(location(name), unit);
    });
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** @param {string} source */
  program(source) {
    const known = this.compile(source);
    if (!known.checked) this.checkLinked(known);
    return known;
  }

  /**
   * Starts to compile a program; drivers do so in the background until its status is read.
   *
   * @param {string} source
   * @returns {Program}
   */
  compile(source) {
    const known = this.programs.get(source);
    if (known) return known;
    const gl = this.gl;
    const handle = gl.createProgram();
    /** @type {Map<string, WebGLUniformLocation | null>} */
    const locations = new Map();
    for (const [type, text] of /** @type {[number, string][]} */ ([
      [gl.VERTEX_SHADER, VERTEX_SHADER],
      [gl.FRAGMENT_SHADER, source],
    ])) {
      const shader = /** @type {WebGLShader} */ (gl.createShader(type));
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(handle, shader);
    }
    gl.linkProgram(handle);
    /** @param {string} name */
    const location = (name) => {
      if (!locations.has(name)) locations.set(name, gl.getUniformLocation(handle, name));
      return locations.get(name) ?? null;
    };
    const program = { handle, location, checked: false };
    this.programs.set(source, program);
    return program;
  }

  /** @param {Program} program */
  checkLinked(program) {
    const gl = this.gl;
    if (!gl.getProgramParameter(program.handle, gl.LINK_STATUS) && !gl.isContextLost()) {
      const logs = (gl.getAttachedShaders(program.handle) ?? []).map((shader) => gl.getShaderInfoLog(shader));
      throw new Error(`A shader does not compile on this graphics driver: ${logs.join(" ")}`);
    }
    program.checked = true;
  }
}

/**
 * How maps are stored, numbers in [0, 1]: as precise as the graphics driver allows.
 *
 * @param {WebGL2RenderingContext} gl
 */
function chooseMapFormat(gl) {
  const floats = gl.getExtension("EXT_color_buffer_float") ?? gl.getExtension("EXT_color_buffer_half_float");
  return floats
    ? { format: gl.RGBA16F, type: gl.FLOAT, NumberArray: Float32Array, max: 1 }
    : { format: gl.RGBA8, type: gl.UNSIGNED_BYTE, NumberArray: Uint8Array, max: 255 };
}
