// The keyframes of one solve on the graphics card, and what is drawn from them on the way to the canvas.

class Plate {
  /** Room for `layers` keyframes of a scene (see store.js); throws where the graphics card has none. `label` says what it is. */
  constructor(graphics, scene, layers, label = "") {
    Object.assign(this, { graphics, scene, layers, label, moments: new Moments(), targets: new Map() });
    this.keyframes = new KeyframeTextures(graphics);
    this.keyframes.allocate(scene.size, layers, scene.material.brdf);
  }

  /** A decoded keyframe (see keyframes.js). */
  add(layer, time, keyframe) {
    this.keyframes.upload(layer, keyframe);
    this.moments.add(time, layer, keyframe.heights);
  }

  get ready() {
    return this.moments.known.length > 0;
  }

  get complete() {
    return this.moments.known.length === this.layers;
  }

  /** Whether a time can be shown, or will not be shown any better: those beyond the planned range are its ends. */
  reaches(time) {
    const { times } = this.scene;
    const wanted = clamp(time, times[0], times.at(-1));
    return this.ready && this.moments.first <= wanted && wanted <= this.moments.last;
  }

  /** The target of a name, made anew where it has another size. */
  target(name, size, formats, wrap) {
    const known = this.targets.get(name);
    if (known && String(known.size) === String(size)) return known;
    this.graphics.release(known);
    this.targets.set(name, this.graphics.target(size, formats, wrap));
    return this.targets.get(name);
  }

  free() {
    this.targets.forEach((target) => this.graphics.release(target));
    this.targets.clear();
    this.keyframes.free();
  }
}
