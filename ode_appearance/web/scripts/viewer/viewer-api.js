// The viewer's API for scripts: `element.odeViewer` of its container.
//
//   state                the view state and what is shown (see `get state`)
//   times                model times of the keyframes that have arrived, ascending
//   setTime(t)           shows model time t, or the nearest one that is solved so far; null follows the solve
//   setLight(x, y, log)  moves the selected light (an SVBRDF only)
//   setView(name)        "lit", "diffuse", "normal", ...: a channel of the material
//   set(changes)         changes the view state (see ViewState in types.d.ts)
//   setAges(values)      paints: model time ahead for every texel, row by row from the top; null for none
//   packAges()           resolves to the age map as text (see packed-ages.js), or null
//   play(), pause()      plays through the solved range
//   readPixels()         {width, height, data}: RGBA bytes of the flat picture at the size of the state, top row first, or null
//   update(value)        takes the value described in app/components/viewer.py

import { clampLight } from "../base/lights.js";
import { packAges } from "../ages/packed-ages.js";
import { readState } from "../drawing/readback.js";

/** @import { NoRun, Run, ViewState } from "../types" */
/** @import { Viewer } from "./viewer.js" */

export class ViewerApi {
  /** @param {Viewer} viewer */
  constructor({ store, canvasView, timeline, playback, painter, serverSync }) {
    this.store = store;
    this.canvasView = canvasView;
    this.timeline = timeline;
    this.playback = playback;
    this.painter = painter;
    this.serverSync = serverSync;
  }

  get renderer() {
    return this.canvasView.renderer;
  }

  /** @param {Run | NoRun | null | undefined} value */
  update(value) {
    this.serverSync.update(value);
  }

  get state() {
    const { view, scene } = this.store;
    const { shown, sets } = this.canvasView;
    const { draft, live } = sets;
    const { run, value } = this.serverSync;
    const keyframes = live?.index.entries.length ?? 0;
    return {
      ...view,
      run,
      material: scene?.material.name,
      status: value?.status,
      size: scene?.size,
      view: view.channel,
      light: { ...this.store.selectedLight },
      following: view.time === null,
      time: this.timeline.time,
      solved: live && keyframes ? [live.index.first, live.index.last] : null,
      keyframes,
      draft: Boolean(draft) && shown === draft,
      planned: value?.times.length ?? 0,
      webgl: Boolean(this.renderer),
      sharp: !this.canvasView.adaptiveResolution.reduced,
    };
  }

  get times() {
    return this.canvasView.sets.live?.index.times ?? [];
  }

  /** @param {Partial<ViewState>} changes */
  set(changes) {
    this.store.set(changes);
  }

  /** @param {number | null} time */
  setTime(time) {
    this.store.set({ time });
  }

  /**
   * @param {number} x
   * @param {number} y
   * @param {number} logIntensity
   */
  setLight(x, y, logIntensity) {
    this.store.setLight(clampLight({ ...this.store.selectedLight, x, y, logIntensity }));
  }

  /** @param {string} channel */
  setView(channel) {
    this.store.set({ channel });
  }

  /** @param {number[] | null} values */
  setAges(values) {
    if (values) this.painter.replace(Float32Array.from(values));
    else this.painter.clear();
  }

  async packAges() {
    return this.store.view.painted && this.painter.map ? packAges(this.painter.map) : null;
  }

  play() {
    this.playback.play();
  }

  pause() {
    this.playback.pause();
  }

  readPixels() {
    const { canvasView, store, renderer } = this;
    if (!canvasView.ready || !renderer) return null;
    canvasView.draw();
    const [part] = canvasView.parts;
    const [width, height] = part.keyframeSet.scene.size;
    return { width, height, data: readState(renderer, part, store.view) };
  }
}
