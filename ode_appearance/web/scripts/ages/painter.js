// Paints the age map: strokes, fills, undo. The store's `painted` is its revision.

import { samePair } from "../base/numbers.js";
import { AgeMap } from "./age-map.js";
import { exportAges, importAges } from "./age-map-png.js";

/** @import { Ages, Pair } from "../types" */
/** @import { Store } from "../base/store.js" */

export class Painter {
  /** @type {AgeMap | null} */
  map = null;
  revision = 0;
  /** Last place of the stroke. @type {Pair | null} */
  last = null;

  /**
   * @param {Store} store
   * @param {(values: Ages | null, rows: Pair) => void} upload brings the age map to the graphics card
   */
  constructor(store, upload) {
    this.store = store;
    this.upload = upload;
  }

  /**
   * Fits the map to a state of this size.
   *
   * @param {Pair} size
   */
  fit(size) {
    if (this.map && !samePair(this.map.size, size)) this.map = this.map.resized(size);
    this.notify();
  }

  get existingMap() {
    this.map ??= new AgeMap(this.store.loadedScene.size);
    return this.map;
  }

  /** @param {Pair} rows the first and the last that have changed */
  notify(rows = [0, Infinity]) {
    const values = this.map?.painted ? this.map.values : null;
    this.upload(values, rows);
    this.store.set({ painted: values ? ++this.revision : 0 });
  }

  /** @param {Pair | null} place in texels, null beside the surface */
  beginStroke(place) {
    this.existingMap.begin();
    this.last = null;
    this.continueStroke(place);
  }

  /** @param {Pair | null} place */
  continueStroke(place) {
    const map = this.existingMap;
    const { by, erase, radius, softness } = this.store.view.brush;
    if (!place) {
      this.last = null;
      return;
    }
    const brush = {
      amount: erase ? 0 : by,
      radius: Math.max(radius * this.store.loadedScene.size[0], 0.75),
      softness,
    };
    let [first, last] = [Infinity, 0];
    for (const dab of this.dabsTo(place, brush.radius / 3)) {
      const rows = map.dab(dab, brush);
      [first, last] = [Math.min(first, rows[0]), Math.max(last, rows[1])];
    }
    this.last = place;
    this.notify([first, last]);
  }

  /**
   * Dabs from the last place to this one, at most `step` apart; none across the seam of the surface.
   *
   * @param {Pair} place
   * @param {number} step
   * @returns {Pair[]}
   */
  dabsTo(place, step) {
    const from = this.last;
    if (!from) return [place];
    const distance = Math.hypot(place[0] - from[0], place[1] - from[1]);
    if (distance > Math.min(...this.existingMap.size) / 2) return [place];
    const count = Math.max(1, Math.ceil(distance / step));
    return Array.from({ length: count }, (_, i) => {
      const t = (i + 1) / count;
      return [from[0] + (place[0] - from[0]) * t, from[1] + (place[1] - from[1]) * t];
    });
  }

  /** @param {(x: number, y: number) => number} age of a position in [0, 1] */
  fill(age) {
    this.existingMap.fill(age);
    this.notify();
  }

  /** @param {File} file */
  async import(file) {
    const { size, material } = this.store.loadedScene;
    this.replace(await importAges(file, size, material.duration));
  }

  /** @param {Ages} values of all texels */
  replace(values) {
    this.existingMap.begin();
    this.existingMap.values = values;
    this.notify();
  }

  export() {
    return exportAges(this.existingMap, this.store.loadedScene.material.duration);
  }

  undo() {
    if (this.map?.undo()) this.notify();
  }

  clear() {
    if (this.map?.painted) this.fill(() => 0);
  }

  /** Another material: nothing is painted on it. */
  reset() {
    this.map = null;
    this.notify();
  }
}
