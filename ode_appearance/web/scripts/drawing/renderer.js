// Draws what a view asks for: the keyframes of plates, shaded at the size of the tiled state and then scaled to the canvas, or
// laid over a solid. Knows nothing of the page around the canvas.

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
const FLAT = ["moment", "brdf", "lights", "flat"];
const MOST_SHADED = 2 ** 23; // texels of a tiled plane; of a larger one some are left out

class Renderer {
  /** Throws where the browser has no WebGL2. */
  constructor(canvas) {
    this.canvas = canvas;
    this.graphics = new Graphics(canvas);
    this.gl = this.graphics.gl;
  }

  /** Compiles what a flat material of a BRDF model (or "rgb") is drawn with, before it is there. */
  prepare(brdf) {
    if (this.gl.isContextLost()) return;
    for (const source of [sourceOf(brdf, FLAT), head() + SHADERS.present]) this.graphics.prepare(source);
  }

  /** Shows parts (see split-view.js) as the view says; magnified `quickly`, not as crisply. */
  draw(parts, view, quickly = false) {
    const { gl } = this;
    for (const part of parts) {
      const flat = part.whole || view.surface === "flat";
      if (!flat) this.mapsOf(part);
      const plane = flat ? this.shade(part, part.whole ? { ...view, ...UNCHANGED_VIEW } : view) : null;
      gl.enable(gl.SCISSOR_TEST);
      gl.scissor(part.from, 0, part.to - part.from, this.canvas.height);
      if (plane) this.present(plane, this.seen(part, parts[0].plate.scene, view), part, view, quickly);
      else this.drawSolid(part, view);
      gl.disable(gl.SCISSOR_TEST);
    }
  }

  seen({ plate, whole, width }, scene, view) {
    const pixels = [width, this.canvas.height];
    const plane = view.surface === "flat" ? view : { ...view, ...UNCHANGED_VIEW };
    const seen = seenPart(plane, scene, pixels);
    if (String(plate.scene.size) === String(scene.size) && !whole) return seen;
    return seenOfPicture(seen, plane, scene, whole ? plate.scene.size : tiledSize(plane, plate.scene));
  }

  /** The lit plane, at the size of the tiled state. */
  shade({ plate, channel, moment }, view) {
    const size = tiledSize(view, plate.scene);
    const most = this.gl.getParameter(this.gl.MAX_TEXTURE_SIZE);
    const stride = Math.ceil(Math.max(Math.sqrt((size[0] * size[1]) / MOST_SHADED), Math.max(...size) / most));
    const target = plate.target(
      "plane",
      size.map((length) => Math.floor(length / stride)),
      [this.gl.RGBA8],
    );
    const uniforms = {
      ...plate.keyframes.uniforms(moment),
      ...this.lighting(plate, moment, view, channel),
      tiles: ["ivec2", ...view.tiles],
      stride: ["int", stride],
      extent: ["vec2", ...extentOf(view, plate.scene)],
    };
    this.graphics.draw(target, this.source(plate, ...FLAT), uniforms, plate.keyframes.textures);
    return target;
  }

  /** `seen` is {from, span} in shares of the target. */
  present(target, { from, span }, { left, width }, view, quickly) {
    const pixels = [width, this.canvas.height];
    const smaller = Math.max(...span.map((length, axis) => (length * target.size[axis]) / pixels[axis]));
    if (smaller > 1 && !view.exact) this.graphics.shrink(target);
    const uniforms = {
      canvasSize: ["vec2", ...pixels],
      left: ["float", left],
      from: ["vec2", ...from],
      span: ["vec2", ...span],
      level: ["float", Math.max(Math.log2(smaller), 0)],
      exact: ["int", Number(view.exact)],
      crisp: ["int", Number(smaller <= 1 && !quickly)],
      background: ["vec3", ...BACKGROUND],
    };
    this.graphics.draw(null, head() + SHADERS.present, uniforms, { shaded: [this.gl.TEXTURE_2D, target.textures[0]] });
  }

  /** The maps of a moment as textures that can be filtered; of one texel where there is an `origin`. */
  mapsOf({ plate, moment }, origin) {
    const format = Array(3).fill(this.graphics.fine[0]);
    const target = plate.target(origin ? "texel" : "maps", origin ? [1, 1] : plate.scene.size, format, this.gl.REPEAT);
    const uniforms = {
      ...plate.keyframes.uniforms(moment),
      heightShown: ["vec2", ...moment.heights.shown],
      origin: ["ivec2", ...(origin ?? [0, 0])],
    };
    this.graphics.draw(target, this.source(plate, "moment", "brdf", "maps"), uniforms, plate.keyframes.textures);
    if (!origin) this.graphics.shrink(target);
    return target;
  }

  drawSolid({ plate, channel, moment, left, width }, view) {
    const { scene } = plate;
    const { radius, halfHeight } = solidOf(scene);
    const uniforms = {
      ...this.lighting(plate, moment, view, channel),
      canvasSize: ["vec2", width, this.canvas.height],
      left: ["float", left],
      halfWidth: ["float", scene.halfWidth],
      zoom: ["float", view.zoom],
      sphere: ["int", Number(view.surface === "sphere")],
      radius: ["float", radius],
      halfHeight: ["float", halfHeight],
      turn: ["vec2", ...view.turn],
      repeats: ["vec2", ...repeatsOf(view)],
      background: ["vec3", ...BACKGROUND],
    };
    const textures = plate.targets
      .get("maps")
      .textures.map((texture, index) => [`maps${index}`, [this.gl.TEXTURE_2D, texture]]);
    this.graphics.draw(
      null,
      this.source(plate, "moment", "brdf", "lights", "solid"),
      uniforms,
      Object.fromEntries(textures),
    );
  }

  lighting({ scene }, moment, view, channel) {
    return {
      ...lightUniforms(view.lights, scene.distance),
      cameraHeight: ["float", scene.distance],
      exposure: ["float", 2 ** view.exposure],
      heightShown: ["vec2", ...moment.heights.shown],
      channel: ["int", CHANNELS[channel]],
    };
  }

  source({ scene, keyframes }, ...names) {
    return sourceOf(scene.material.brdf, names, keyframes.aged);
  }
}

function sourceOf(brdf, names, aged = false) {
  const defines = [`BRDF ${BRDF_MODELS.indexOf(brdf)}`, ...(aged ? ["AGED"] : [])];
  return head(defines) + names.map((name) => SHADERS[name]).join("\n");
}

function head(defines = []) {
  const lines = defines.map((define) => `#define ${define}\n`).join("");
  return `#version 300 es\n${lines}precision highp float;\nprecision highp int;\nprecision highp sampler2D;\n`;
}
