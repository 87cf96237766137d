// Draws one moment of a material with WebGL2: keyframes in array textures, shaded at the size of the state, then scaled
// to the canvas. Knows nothing of the page around the canvas.

const BRDF_MODELS = [
  "rgb",
  "diffuse_cook_torrance",
  "diffuse_iso_cook_torrance",
  "compl_cook_torrance",
  "compl_iso_cook_torrance",
  "cook_torrance",
  "iso_cook_torrance",
];
const VIEWS = {
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
const CORNERS = `#version 300 es
void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0); }`;

class Renderer {
  /** Throws where the browser has no WebGL2. */
  constructor(canvas) {
    this.canvas = canvas;
    this.gl = canvas.getContext("webgl2", {
      alpha: false,
      antialias: false,
      depth: false,
      powerPreference: "high-performance",
    });
    if (!this.gl) throw new Error("WebGL2 is not available");
    this.programs = new Map();
    this.planes = [];
  }

  /** Room for `layers` keyframes of `size` [width, height] and BRDF model `brdf` ("rgb" for a texture). */
  allocate({ size, layers, brdf, halfWidth, distance }) {
    const gl = this.gl;
    this.free();
    const most = [gl.getParameter(gl.MAX_TEXTURE_SIZE), gl.getParameter(gl.MAX_ARRAY_TEXTURE_LAYERS)];
    if (Math.max(...size) > most[0])
      throw new Error(`This graphics driver holds pictures of up to ${most[0]} pixels; ask for a smaller size.`);
    if (layers > most[1]) throw new Error(`This graphics driver holds up to ${most[1]} keyframes; ask for fewer.`);
    while (gl.getError() !== gl.NO_ERROR);
    this.planes = Array.from({ length: brdf === "rgb" ? 1 : 4 }, () => {
      const texture = this.texture(gl.TEXTURE_2D_ARRAY);
      gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.RGBA8UI, size[0], size[1], layers);
      return texture;
    });
    this.shaded = this.texture(gl.TEXTURE_2D, gl.LINEAR);
    gl.texStorage2D(gl.TEXTURE_2D, 1, gl.RGBA8, size[0], size[1]);
    this.target = gl.createFramebuffer();
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
    gl.framebufferTexture2D(gl.FRAMEBUFFER, gl.COLOR_ATTACHMENT0, gl.TEXTURE_2D, this.shaded, 0);
    if (gl.getError() === gl.OUT_OF_MEMORY) {
      this.free();
      throw new Error("The graphics memory is too small for these keyframes; ask for a smaller size or fewer of them.");
    }
    Object.assign(this, { size, brdf, extent: [halfWidth, (halfWidth * size[1]) / size[0]], distance });
  }

  /** Puts a decoded keyframe (see keyframes.js) into its layer. */
  upload(layer, keyframe) {
    const gl = this.gl;
    this.planes.forEach((texture, plane) => {
      gl.bindTexture(gl.TEXTURE_2D_ARRAY, texture);
      gl.texSubImage3D(
        gl.TEXTURE_2D_ARRAY,
        0,
        0,
        0,
        layer,
        ...this.size,
        1,
        gl.RGBA_INTEGER,
        gl.UNSIGNED_BYTE,
        keyframe.planes[plane],
      );
    });
  }

  /** Shades keyframes `layers` [a, b] at `blend` under `light` {x, y, logIntensity} as `view`, and shows them;
   *  `heights` has their `scale`s and the heights `shown` black and white. */
  draw(moment) {
    this.shade(moment);
    const gl = this.gl;
    const program = this.program("present", SHADERS.present);
    gl.bindFramebuffer(gl.FRAMEBUFFER, null);
    gl.viewport(0, 0, this.canvas.width, this.canvas.height);
    gl.useProgram(program.handle);
    gl.activeTexture(gl.TEXTURE0);
    gl.bindTexture(gl.TEXTURE_2D, this.shaded);
    gl.uniform1i(program.at("shaded"), 0);
    gl.uniform2f(program.at("canvasSize"), this.canvas.width, this.canvas.height);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  shade({ layers, blend, light, view, heights }) {
    const gl = this.gl;
    const define = `#define BRDF ${BRDF_MODELS.indexOf(this.brdf)}\n`;
    const program = this.program(this.brdf, SHADERS.shading.replace("precision", define + "precision"));
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
    gl.viewport(0, 0, ...this.size);
    gl.useProgram(program.handle);
    for (let plane = 0; plane < 4; plane++) {
      gl.activeTexture(gl.TEXTURE0 + plane);
      gl.bindTexture(gl.TEXTURE_2D_ARRAY, this.planes[plane] ?? null);
      gl.uniform1i(program.at(`plane${plane}`), plane);
    }
    gl.uniform2i(program.at("layers"), ...layers);
    gl.uniform1f(program.at("blend"), blend);
    gl.uniform2f(program.at("extent"), ...this.extent);
    gl.uniform1f(program.at("cameraHeight"), this.distance);
    gl.uniform3f(program.at("light"), light.x, light.y, Math.exp(light.logIntensity));
    gl.uniform2f(program.at("heightScale"), ...heights.scale);
    gl.uniform2f(program.at("heightShown"), ...heights.shown);
    gl.uniform1i(program.at("view"), VIEWS[view]);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
  }

  /** What was shaded last, at the size of the state: RGBA bytes, top row first. */
  read() {
    const gl = this.gl;
    const pixels = new Uint8Array(4 * this.size[0] * this.size[1]);
    gl.bindFramebuffer(gl.FRAMEBUFFER, this.target);
    gl.readPixels(0, 0, ...this.size, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
    return pixels;
  }

  free() {
    this.planes.forEach((texture) => this.gl.deleteTexture(texture));
    this.gl.deleteTexture(this.shaded ?? null);
    this.gl.deleteFramebuffer(this.target ?? null);
    this.planes = [];
  }

  /** After a lost context: nothing that was made before it exists any more. */
  forget() {
    this.programs.clear();
    this.planes = [];
    this.shaded = this.target = null;
  }

  texture(kind, filter = this.gl.NEAREST) {
    const gl = this.gl;
    const texture = gl.createTexture();
    gl.bindTexture(kind, texture);
    for (const name of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(kind, name, filter);
    for (const name of [gl.TEXTURE_WRAP_S, gl.TEXTURE_WRAP_T]) gl.texParameteri(kind, name, gl.CLAMP_TO_EDGE);
    return texture;
  }

  program(name, fragment) {
    if (this.programs.has(name)) return this.programs.get(name);
    const gl = this.gl;
    const handle = gl.createProgram();
    const places = new Map();
    for (const [kind, source] of [
      [gl.VERTEX_SHADER, CORNERS],
      [gl.FRAGMENT_SHADER, fragment],
    ]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(handle, shader);
    }
    gl.linkProgram(handle);
    if (!gl.getProgramParameter(handle, gl.LINK_STATUS) && !gl.isContextLost()) {
      const logs = gl.getAttachedShaders(handle).map((shader) => gl.getShaderInfoLog(shader));
      throw new Error(`The shader does not compile here: ${logs.join(" ")}`);
    }
    const at = (uniform) => {
      if (!places.has(uniform)) places.set(uniform, gl.getUniformLocation(handle, uniform));
      return places.get(uniform);
    };
    this.programs.set(name, { handle, at });
    return this.programs.get(name);
  }
}
