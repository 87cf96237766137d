// Which channels are shown, alone or side by side, and the exposure.

import { make } from "../base/dom.js";
import { button, buttonGroup, selectRow, sliderRow, toggle } from "./controls.js";

/** @import { Material, Scene, ViewState } from "../types" */
/** @import { Store } from "../base/store.js" */

export class ChannelPanel {
  /** @type {Material["views"] | null} */
  views = null;
  /** @type {string | null} */
  kept = null;

  /**
   * @param {Store} store
   * @param {(() => void) | undefined} onKeep keeps the picture for comparison; undefined where nothing else can be solved
   */
  constructor(store, onKeep) {
    this.first = selectRow("Show", [], (channel) => store.set({ channel }));
    this.second = selectRow("Compare", [], (second) => store.set({ second: second || null }));
    this.beside = toggle("Side by side", (beside) => store.set({ beside }));
    this.keep = button("Keep to compare", onKeep, {
      title: "Keeps this picture beside the next seed or material",
      hidden: !onKeep,
    });
    this.exposure = sliderRow("Exposure", { min: -4, max: 4, title: "In stops" }, (exposure) => store.set({ exposure }));
    this.element = make(
      "div",
      { class: "ode-channels" },
      this.first.element,
      this.second.element,
      buttonGroup(this.keep, this.beside.element),
      this.exposure.element,
    );
    store.subscribe((view, scene) => this.update(view, scene));
  }

  /**
   * @param {ViewState} view
   * @param {Scene | null} scene
   */
  update(view, scene) {
    if (scene) this.updateOptions(scene.material, view.kept);
    this.first.show(view.channel);
    this.second.show(view.second ?? "");
    this.beside.show(view.beside);
    this.beside.element.disabled = !view.second;
    this.exposure.show(view.exposure);
  }

  /**
   * @param {Material} material
   * @param {string | null} kept
   */
  updateOptions({ views, exemplar }, kept) {
    if (this.views === views && this.kept === kept) return;
    this.views = views;
    this.kept = kept;
    this.first.setOptions(views);
    this.first.element.hidden = views.length < 2;
    /** @type {[string, string][]} */
    const others = [];
    if (exemplar) others.push(["exemplar", "Exemplar"]);
    if (kept) others.push(["kept", `Kept: ${kept}`]);
    const channels = views.length < 2 ? [] : views;
    this.second.setOptions([["", "nothing"], ...channels, ...others]);
    this.second.element.hidden = channels.length + others.length === 0;
  }
}
