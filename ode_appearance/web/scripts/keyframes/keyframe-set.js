// The keyframes of one solve on the graphics card, with the render targets between them and the canvas.

import { clamp, samePair } from "../base/numbers.js";
import { KeyframeIndex } from "./keyframe-index.js";
import { KeyframeTextures } from "./keyframe-textures.js";

/** @import { Keyframe, Pair, RenderTarget, Scene } from "../types" */
/** @import { Graphics } from "../drawing/graphics.js" */

export class KeyframeSet {
  index = new KeyframeIndex();
  /** @type {Map<string, RenderTarget>} */
  targets = new Map();

  /**
   * Throws where the graphics card has no room for so many layers.
   *
   * @param {Graphics} graphics
   * @param {Scene} scene
   * @param {number} layers number of keyframes
   */
  constructor(graphics, scene, layers, label = "") {
    this.graphics = graphics;
    this.scene = scene;
    this.layers = layers;
    this.label = label;
    this.textures = new KeyframeTextures(graphics);
    this.textures.allocate(scene.size, layers, scene.material.brdf);
  }

  /**
   * @param {number} layer
   * @param {number} time
   * @param {Keyframe} keyframe
   */
  add(layer, time, keyframe) {
    this.textures.upload(layer, keyframe);
    this.index.add(time, layer, keyframe.heights);
  }

  /** Whether there is any keyframe. */
  get ready() {
    return this.index.entries.length > 0;
  }

  get complete() {
    return this.index.entries.length === this.layers;
  }

  /**
   * Whether a time can be shown as well as it will ever be; times beyond the planned range are shown as its ends.
   *
   * @param {number} time
   */
  reaches(time) {
    const { times } = this.scene;
    const { first, last } = this.index;
    const wanted = clamp(time, times[0], times[times.length - 1]);
    return last !== undefined && first <= wanted && wanted <= last;
  }

  /**
   * The render target of a name, created anew if its size has changed.
   *
   * @param {string} name
   * @param {Pair} size
   * @param {number[]} formats
   * @param {number} [wrap]
   */
  target(name, size, formats, wrap) {
    const known = this.targets.get(name);
    if (known && samePair(known.size, size)) return known;
    if (known) this.graphics.deleteTarget(known);
    const target = this.graphics.createTarget(size, formats, wrap);
    this.targets.set(name, target);
    return target;
  }

  free() {
    this.targets.forEach((target) => this.graphics.deleteTarget(target));
    this.targets.clear();
    this.textures.free();
  }
}
