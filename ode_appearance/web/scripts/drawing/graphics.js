// The parts of WebGL2 that the renderer is made of: programs with their uniforms, textures, and targets to draw into.

const CORNERS = `#version 300 es
void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0); }`;
const SETTERS = { int: "1i", ivec2: "2i", float: "1f", vec2: "2f", vec3: "3f", vec3s: "3fv", vec4s: "4fv" };

class Graphics {
  /** Throws where the browser has no WebGL2. */
  constructor(canvas) {
    this.gl = canvas.getContext("webgl2", {
      alpha: false,
      antialias: false,
      depth: false,
      powerPreference: "high-performance",
    });
    if (!this.gl) throw new Error("WebGL2 is not available");
    this.forget();
  }

  /** After a lost context: nothing that was made before it exists any more. */
  forget() {
    this.programs = new Map();
    const gl = this.gl;
    const floats = gl.getExtension("EXT_color_buffer_float") ?? gl.getExtension("EXT_color_buffer_half_float");
    /** What maps are kept in: numbers between 0 and 1, as exact as the graphics driver allows. */
    this.fine = floats ? [gl.RGBA16F, gl.FLOAT, Float32Array, 1] : [gl.RGBA8, gl.UNSIGNED_BYTE, Uint8Array, 255];
  }

  texture(kind, { filter = this.gl.NEAREST, small = filter, wrap = this.gl.CLAMP_TO_EDGE } = {}) {
    const gl = this.gl;
    const texture = gl.createTexture();
    gl.bindTexture(kind, texture);
    gl.texParameteri(kind, gl.TEXTURE_MAG_FILTER, filter);
    gl.texParameteri(kind, gl.TEXTURE_MIN_FILTER, small);
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(kind, name, wrap);
    return texture;
  }

  /** Textures of one size with all their mipmaps, and the framebuffer that draws into them. */
  target(size, formats, wrap) {
    const gl = this.gl;
    const levels = 1 + Math.floor(Math.log2(Math.max(...size)));
    const framebuffer = gl.createFramebuffer();
    const textures = formats.map((format) => {
      const texture = this.texture(gl.TEXTURE_2D, { filter: gl.LINEAR, small: gl.LINEAR_MIPMAP_LINEAR, wrap });
      gl.texStorage2D(gl.TEXTURE_2D, levels, format, ...size);
      return texture;
    });
    gl.bindFramebuffer(gl.FRAMEBUFFER, framebuffer);
    const places = textures.map((texture, index) => {
      gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0 + index, gl.TEXTURE_2D, texture, 0);
      return gl.COLOR_ATTACHMENT0 + index;
    });
    gl.drawBuffers(places);
    return { size, textures, framebuffer };
  }

  /** `target` or null. */
  release(target) {
    target?.textures.forEach((texture) => this.gl.deleteTexture(texture));
    if (target) this.gl.deleteFramebuffer(target.framebuffer);
  }

  /** Mipmaps of what was drawn into a target. */
  shrink({ textures }) {
    const gl = this.gl;
    for (const texture of textures) {
      gl.bindTexture(gl.TEXTURE_2D, texture);
      gl.generateMipmap(gl.TEXTURE_2D);
    }
  }

  /** Draw all over `target`, or the canvas (null), with a program of `source`. `uniforms` are {name: [type, ...numbers]};
   *  `textures` {name: [kind, texture]}. */
  draw(target, source, uniforms, textures) {
    const gl = this.gl;
    const { handle, place } = this.program(source);
    gl.bindFramebuffer(gl.FRAMEBUFFER, target?.framebuffer ?? null);
    gl.viewport(0, 0, ...(target?.size ?? [gl.drawingBufferWidth, gl.drawingBufferHeight]));
    gl.useProgram(handle);
    for (const [name, [type, ...numbers]] of Object.entries(uniforms))
      gl[`uniform${SETTERS[type]}`](place(name), ...numbers);
    Object.entries(textures).forEach(([name, [kind, texture]], unit) => {
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(kind, texture);
      gl.uniform1i(place(name), unit);
    });
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  program(source) {
    const known = this.prepare(source);
    if (!known.checked) this.check(known);
    return known;
  }

  /** Has a program compiled, which drivers do beside everything else until it is asked for. */
  prepare(source) {
    if (this.programs.has(source)) return this.programs.get(source);
    const gl = this.gl;
    const handle = gl.createProgram();
    const places = new Map();
    for (const [kind, text] of [
      [gl.VERTEX_SHADER, CORNERS],
      [gl.FRAGMENT_SHADER, source],
    ]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, text);
      gl.compileShader(shader);
      gl.attachShader(handle, shader);
    }
    gl.linkProgram(handle);
    const place = (uniform) => {
      if (!places.has(uniform)) places.set(uniform, gl.getUniformLocation(handle, uniform));
      return places.get(uniform);
    };
    this.programs.set(source, { handle, place, checked: false });
    return this.programs.get(source);
  }

  check(program) {
    const gl = this.gl;
    if (!gl.getProgramParameter(program.handle, gl.LINK_STATUS) && !gl.isContextLost()) {
      const logs = gl.getAttachedShaders(program.handle).map((shader) => gl.getShaderInfoLog(shader));
      throw new Error(`The shader does not compile here: ${logs.join(" ")}`);
    }
    program.checked = true;
  }
}
