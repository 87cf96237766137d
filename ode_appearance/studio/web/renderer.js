// Draws what a view asks for: keyframes in array textures, shaded at the size of the tiled state and then scaled to the
// canvas, or laid over a solid. Knows nothing of the page around the canvas.

const BRDF_MODELS = [
  "rgb",
  "diffuse_cook_torrance",
  "diffuse_iso_cook_torrance",
  "compl_cook_torrance",
  "compl_iso_cook_torrance",
  "cook_torrance",
  "iso_cook_torrance",
];
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
const MOST_SHADED = 2 ** 23; // texels of a tiled plane; of a larger one some are left out

class Renderer {
  /** Throws where the browser has no WebGL2. */
  constructor(canvas) {
    this.canvas = canvas;
    this.graphics = new Graphics(canvas);
    this.gl = this.graphics.gl;
    this.keyframes = new KeyframeTextures(this.graphics);
    this.targets = new Map();
  }

  /** Room for `layers` keyframes of a scene (see store.js). */
  allocate(scene, layers) {
    this.free();
    this.keyframes.allocate(scene.size, layers, scene.material.brdf);
    this.scene = scene;
  }

  /** Shows a moment (see moments.js) as the view says. */
  draw(moment, view) {
    const gl = this.gl;
    const { width, height } = this.canvas;
    const parts = view.second
      ? [
          [view.channel, 0, Math.round(view.divider * width)],
          [view.second, Math.round(view.divider * width), width],
        ]
      : [[view.channel, 0, width]];
    if (view.surface !== "flat") this.mapsOf(moment);
    for (const [channel, from, to] of parts) {
      const present = view.surface === "flat" ? this.shade(moment, view, channel) : null;
      gl.enable(gl.SCISSOR_TEST);
      gl.scissor(from, 0, to - from, height);
      if (present) this.present(present, view);
      else this.drawSolid(moment, view, channel);
      gl.disable(gl.SCISSOR_TEST);
    }
  }

  /** The lit plane, at the size of the tiled state. */
  shade(moment, view, channel) {
    const size = tiledSize(view, this.scene);
    const most = this.gl.getParameter(this.gl.MAX_TEXTURE_SIZE);
    const stride = Math.ceil(Math.max(Math.sqrt((size[0] * size[1]) / MOST_SHADED), Math.max(...size) / most));
    const target = this.target(
      "plane",
      size.map((length) => Math.floor(length / stride)),
      [this.gl.RGBA8],
    );
    const uniforms = {
      ...this.keyframes.uniforms(moment),
      ...this.lighting(moment, view, channel),
      tiles: ["ivec2", ...view.tiles],
      stride: ["int", stride],
      extent: ["vec2", ...extentOf(view, this.scene)],
    };
    this.graphics.draw(target, this.source("moment", "brdf", "lights", "flat"), uniforms, this.keyframes.textures);
    return target;
  }

  present(target, view) {
    const pixels = [this.canvas.width, this.canvas.height];
    const { from, span } = seenPart(view, this.scene, pixels);
    const smaller = Math.max(...span.map((length, axis) => (length * target.size[axis]) / pixels[axis]));
    if (smaller > 1 && !view.exact) this.graphics.shrink(target);
    const uniforms = {
      canvasSize: ["vec2", ...pixels],
      from: ["vec2", ...from],
      span: ["vec2", ...span],
      level: ["float", Math.max(Math.log2(smaller), 0)],
      exact: ["int", Number(view.exact)],
      background: ["vec3", ...BACKGROUND],
    };
    this.graphics.draw(null, this.source("present"), uniforms, { shaded: [this.gl.TEXTURE_2D, target.textures[0]] });
  }

  /** The maps of a moment as textures that can be filtered; of one texel where there is an `origin`. */
  mapsOf(moment, origin) {
    const format = Array(3).fill(this.graphics.fine[0]);
    const target = this.target(origin ? "texel" : "maps", origin ? [1, 1] : this.scene.size, format, this.gl.REPEAT);
    const uniforms = {
      ...this.keyframes.uniforms(moment),
      heightShown: ["vec2", ...moment.heights.shown],
      origin: ["ivec2", ...(origin ?? [0, 0])],
    };
    this.graphics.draw(target, this.source("moment", "brdf", "maps"), uniforms, this.keyframes.textures);
    if (!origin) this.graphics.shrink(target);
    return target;
  }

  drawSolid(moment, view, channel) {
    const { radius, halfHeight } = solidOf(this.scene);
    const uniforms = {
      ...this.lighting(moment, view, channel),
      canvasSize: ["vec2", this.canvas.width, this.canvas.height],
      halfWidth: ["float", this.scene.halfWidth],
      zoom: ["float", view.zoom],
      sphere: ["int", Number(view.surface === "sphere")],
      radius: ["float", radius],
      halfHeight: ["float", halfHeight],
      turn: ["vec2", ...view.turn],
      repeats: ["vec2", ...repeatsOf(view)],
      background: ["vec3", ...BACKGROUND],
    };
    const textures = this.targets
      .get("maps")
      .textures.map((texture, index) => [`maps${index}`, [this.gl.TEXTURE_2D, texture]]);
    this.graphics.draw(null, this.source("moment", "brdf", "lights", "solid"), uniforms, Object.fromEntries(textures));
  }

  lighting(moment, view, channel) {
    return {
      ...lightUniforms(view.lights, this.scene.distance),
      cameraHeight: ["float", this.scene.distance],
      exposure: ["float", 2 ** view.exposure],
      heightShown: ["vec2", ...moment.heights.shown],
      channel: ["int", CHANNELS[channel]],
    };
  }

  /** The target of a name, made anew where it has another size. */
  target(name, size, formats, wrap) {
    const known = this.targets.get(name);
    if (known && String(known.size) === String(size)) return known;
    this.graphics.release(known);
    this.targets.set(name, this.graphics.target(size, formats, wrap));
    return this.targets.get(name);
  }

  source(...names) {
    const model = BRDF_MODELS.indexOf(this.scene.material.brdf);
    const defines = [`BRDF ${model}`, ...(this.keyframes.aged ? ["AGED"] : [])].map((line) => `#define ${line}\n`);
    const head = `#version 300 es\n${defines.join("")}precision highp float;\nprecision highp int;\nprecision highp sampler2D;\n`;
    return head + names.map((name) => SHADERS[name]).join("\n");
  }

  free() {
    this.targets.forEach((target) => this.graphics.release(target));
    this.targets.clear();
    this.keyframes.free();
  }

  /** After a lost context. */
  forget() {
    this.targets.clear();
    this.keyframes.forget();
  }
}
