// Shows the value under the pointer.

import { make } from "../base/dom.js";
import { uvToTexel } from "../base/geometry.js";
import { clamp, formatNumber, mapPair, samePair } from "../base/numbers.js";
import { readCanvas, readMaps } from "../drawing/readback.js";

/** @import { Ages, Pair } from "../types" */
/** @import { Store } from "../base/store.js" */
/** @import { CanvasView } from "../drawing/canvas-view.js" */
/** @import { Renderer } from "../drawing/renderer.js" */
/** @import { Part } from "../drawing/split-view.js" */

/** Where each channel is among the numbers of maps.glsl. @type {Record<string, number[]>} */
const MAP_NUMBERS = {
  diffuse: [0, 1, 2],
  albedo: [0, 1, 2],
  metallic: [4],
  specular: [4, 5, 6],
  height: [7],
  roughness: [8],
  roughness_u: [8],
  roughness_v: [9],
  normal: [10, 11],
};

export class PixelProbe {
  /** Last position of the pointer. @type {PointerEvent | null} */
  event = null;
  pending = false;

  /**
   * @param {CanvasView} canvasView
   * @param {Store} store
   * @param {() => Ages | null} ages of the age map
   */
  constructor(canvasView, store, ages) {
    this.canvasView = canvasView;
    this.store = store;
    this.ages = ages;
    this.element = make("p", { class: "ode-probe", hidden: true });
    canvasView.picture.addEventListener("pointermove", (event) => this.onPointer(event));
    canvasView.picture.addEventListener("pointerleave", () => this.onPointer(null));
    store.subscribe(() => this.onPointer(this.event));
  }

  /** @param {PointerEvent | null} event */
  onPointer(event) {
    this.event = event;
    // Reading back waits for the graphics card: not during motion.
    const still = event && !event.buttons && !this.store.view.playing;
    if (!still) this.element.hidden = true;
    if (!still || this.pending) return;
    this.pending = true;
    requestAnimationFrame(() => {
      this.pending = false;
      const { renderer, ready } = this.canvasView;
      if (this.event && !this.event.buttons && ready && renderer) this.show(this.event, renderer);
    });
  }

  /**
   * @param {PointerEvent} event
   * @param {Renderer} renderer
   */
  show(event, renderer) {
    const { view } = this.store;
    const canvasUv = this.canvasView.canvasUvOf(event);
    const part = this.canvasView.parts.find(({ to }) => canvasUv[0] * this.canvasView.canvas.width < to);
    const scene = part?.keyframeSet.scene;
    const place =
      part && scene && !part.alwaysFlat && uvToTexel(this.canvasView.uvOf(event), view, scene, this.canvasView.pixels);
    this.element.hidden = !place;
    if (!place) return;
    const texel = mapPair(place, Math.floor);
    const label = scene.material.views.find(([name]) => name === part.channel)?.[1];
    const sameSize = samePair(scene.size, this.store.loadedScene.size);
    const age = sameSize && this.ages()?.[texel[1] * scene.size[0] + texel[0]];
    const texts = [`${texel[0]}, ${texel[1]}`, `${label}: ${this.valueText(renderer, part, texel, canvasUv)}`];
    if (age) texts.push(`age ${age > 0 ? "+" : ""}${formatNumber(age)}`);
    this.element.textContent = texts.join("  ·  ");
  }

  /**
   * @param {Renderer} renderer
   * @param {Part} part
   * @param {Pair} texel
   * @param {Pair} canvasUv
   */
  valueText(renderer, part, texel, canvasUv) {
    const { canvas } = renderer;
    const { channel, blend } = part;
    if (channel === "lit") {
      renderer.draw(this.canvasView.parts, this.store.view);
      const pixel = mapPair([canvas.width, canvas.height], (length, axis) =>
        clamp(Math.floor(canvasUv[axis] * length), 0, length - 1),
      );
      return [...readCanvas(renderer, pixel).slice(0, 3)].join(" ");
    }
    const numbers = readMaps(renderer, part, texel);
    const values = MAP_NUMBERS[channel].map((index) => numbers[index]);
    if (channel === "height") {
      const [low, high] = blend.heightRange;
      return formatNumber(low + values[0] * (high - low));
    }
    if (channel !== "normal") return values.map((value) => formatNumber(value)).join(" ");
    const [x, y] = values.map((value) => 2 * value - 1);
    return [x, y, Math.sqrt(Math.max(0, 1 - x * x - y * y))].map((value) => formatNumber(value)).join(" ");
  }
}
