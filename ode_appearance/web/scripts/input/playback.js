// Animation: time while it plays, and orbiting lights.

import { orbitLights } from "../base/lights.js";
import { clamp } from "../base/numbers.js";

/** @import { ViewState } from "../types" */
/** @import { Store } from "../base/store.js" */
/** @import { CanvasView } from "../drawing/canvas-view.js" */

const PLAY_SECONDS = 8; // for the exemplar's span, at speed 1

export class Playback {
  direction = 1;
  /** Time stamp of the previous frame. @type {number | null} */
  before = null;
  scheduled = false;

  /**
   * @param {Store} store
   * @param {CanvasView} canvasView
   */
  constructor(store, canvasView) {
    this.store = store;
    this.canvasView = canvasView;
    store.subscribe(() => this.schedule());
  }

  get animating() {
    const { view, scene } = this.store;
    return Boolean(scene) && (view.playing || view.lights.some((light) => light.orbit));
  }

  schedule() {
    if (this.scheduled || !this.animating) return;
    this.before = null;
    this.requestTick();
  }

  requestTick() {
    this.scheduled = true;
    requestAnimationFrame((now) => this.tick(now));
  }

  /** @param {number} now */
  tick(now) {
    this.scheduled = false;
    const seconds = this.before === null ? 0 : Math.min(now - this.before, 100) / 1000;
    const { view } = this.store;
    if (!this.animating) return;
    const { material, halfWidth } = this.store.loadedScene;
    /** @type {Partial<ViewState>} */
    const changes = {};
    if (view.playing) changes.time = this.advance(seconds * view.speed * (material.duration / PLAY_SECONDS));
    if (view.lights.some((light) => light.orbit)) changes.lights = orbitLights(view.lights, seconds, halfWidth);
    this.before = now;
    this.scheduled = true; // the change below does not schedule another tick
    this.store.set(changes);
    // Requested after the canvas view has requested its frame: else the next change would find that one not drawn yet.
    this.requestTick();
  }

  /**
   * The model time `length` later. At an end it turns or starts again; the noise of the warm-up plays the first time only.
   *
   * @param {number} length
   */
  advance(length) {
    const { first = 0, last = 0 } = this.canvasView.sets.reach;
    const start = last > 0 ? Math.max(first, 0) : first;
    const { time, pingPong } = this.store.view;
    const now = time ?? last;
    if (!pingPong) {
      this.direction = 1;
      return now >= last ? start : Math.min(now + length, last);
    }
    if (now >= last) this.direction = -1;
    else if (now <= start && this.direction < 0) this.direction = 1;
    return clamp(now + this.direction * length, this.direction < 0 ? start : first, last);
  }

  toggle() {
    if (this.store.view.playing) this.pause();
    else this.play();
  }

  play() {
    const { first, last } = this.canvasView.sets.reach;
    if (first !== undefined && last !== undefined && first < last) this.store.set({ playing: true });
  }

  pause() {
    this.store.set({ playing: false });
  }

  /** @param {number} count of keyframes, negative for earlier ones */
  step(count) {
    const index = this.canvasView.shown?.index;
    if (index?.last === undefined) return;
    const now = index.at(this.store.view.time ?? index.last).time;
    this.store.set({ playing: false, time: index.step(now, count) });
  }

  /** @param {-1 | 1} end of the solved range: -1 is its start */
  jump(end) {
    const { first, last } = this.canvasView.sets.reach;
    const time = end < 0 ? first : last;
    if (time !== undefined) this.store.set({ playing: false, time });
  }
}
