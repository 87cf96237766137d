// The panel of the brush, with the other operations on the age map.

import { download, make } from "../base/dom.js";
import { button, buttonGroup, hint, panel, sliderRow, toggle } from "../panels/controls.js";
import { defaultAge, periodicNoise } from "./age-map.js";

/** @import { Scene, ViewState } from "../types" */
/** @import { Store } from "../base/store.js" */
/** @import { Painter } from "./painter.js" */

export class PaintPanel {
  /** @type {Scene | null} */
  scene = null;

  /**
   * @param {Store} store
   * @param {Painter} painter
   * @param {(message: string) => void} showMessage
   */
  constructor(store, painter, showMessage) {
    this.store = store;
    this.painter = painter;
    this.showMessage = showMessage;
    /** @type {(name: string) => (value: number | boolean) => void} */
    const change = (name) => (value) => store.set({ brush: { ...store.view.brush, [name]: value } });
    this.rows = {
      by: sliderRow("Older by", { min: -1, max: 1, title: "Model time; below zero it is younger" }, change("by")),
      radius: sliderRow("Radius", { min: 0.01, max: 0.5, title: "Share of the width" }, change("radius")),
      softness: sliderRow("Softness", { min: 0, max: 1 }, change("softness")),
    };
    this.erase = toggle("Erase", change("erase"));
    this.undo = button("Undo", () => painter.undo());
    this.clear = button("Clear", () => painter.clear());
    this.file = make("input", { type: "file", accept: "image/*", hidden: true, onchange: () => this.import() });
    this.element = panel(
      "Paint age",
      () => this.onOpen(),
      hint("Drag in the picture: older ahead of the time slider, younger behind it."),
      ...Object.values(this.rows).map((row) => row.element),
      buttonGroup(this.erase.element, this.undo, this.clear),
      buttonGroup(
        button("Gradient", () => painter.fill((_, y) => y * store.view.brush.by), {
          title: "Older from top to bottom",
        }),
        button("Noise", () => this.fillWithNoise(), { title: "Older here and there" }),
        button("Import", () => this.file.click(), {
          title: "A grey picture: 128 is the slider's time, 255 the exemplar's span later, 1 as much earlier",
        }),
        button("Export", () => this.export(), { title: "The age map as a grey picture" }),
        this.file,
      ),
    );
    store.subscribe((view, scene) => this.update(view, scene));
  }

  onOpen() {
    const { view, scene } = this.store;
    const by = view.brush.by || (scene ? defaultAge(view.time, scene) : 0);
    this.store.set({ tool: "paint", brush: { ...view.brush, by } });
  }

  /**
   * @param {ViewState} view
   * @param {Scene | null} scene
   */
  update({ brush, painted }, scene) {
    if (scene && this.scene !== scene)
      Object.assign(this.rows.by.slider, { min: -scene.material.duration, max: scene.material.duration });
    this.scene = scene;
    this.rows.by.show(brush.by);
    this.rows.radius.show(brush.radius);
    this.rows.softness.show(brush.softness);
    this.erase.show(brush.erase);
    this.undo.disabled = !this.painter.map?.undoStack.length;
    this.clear.disabled = !painted;
  }

  fillWithNoise() {
    const noise = periodicNoise();
    this.painter.fill((x, y) => noise(x, y) * this.store.view.brush.by);
  }

  async import() {
    const file = this.file.files?.[0];
    this.file.value = "";
    if (!file) return;
    try {
      await this.painter.import(file);
    } catch {
      this.showMessage(`${file.name} is not a picture that this browser can read.`);
    }
  }

  async export() {
    download(await this.painter.export(), `${this.store.loadedScene.material.name}_age.png`);
  }
}
