// Follows the server: which material is solved and how far, and its keyframes.

import { make } from "../base/dom.js";
import { clamp } from "../base/numbers.js";
import { defaultLight } from "../base/view-state.js";
import { defaultAge } from "../ages/age-map.js";
import { fetchBundle } from "../keyframes/keyframe-bundle.js";
import { KeyframeLoader } from "../keyframes/keyframe-loader.js";

/** @import { Card, Keyframe, Material, NoRun, Run, Scene, ServerCalls } from "../types" */
/** @import { Viewer } from "./viewer.js" */

const FIRST_TIME = 0.75; // of the span, where keyframes of it are baked

export class ServerSync {
  /** Number of the current run; + 0.5 for one that was picked here and not answered yet. */
  run = -1;
  /** @type {Run | null} */
  value = null;
  /** The material picked in the gallery, until the server has answered. @type {string | null} */
  picked = null;
  /** The linked material whose value was requested. @type {string | null} */
  requestedLink = null;
  /** Why keyframes cannot be shown. @type {string | null} */
  failure = null;
  /** @type {KeyframeLoader | null} */
  loader = null;

  /**
   * @param {Viewer} viewer
   * @param {ServerCalls["opening"]} fetchOpening
   */
  constructor({ root, store, canvasView, timeline, playback, painter, addressBar, showMessage }, fetchOpening) {
    this.root = root;
    this.store = store;
    this.canvasView = canvasView;
    this.timeline = timeline;
    this.playback = playback;
    this.painter = painter;
    this.addressBar = addressBar;
    this.showMessage = showMessage;
    this.fetchOpening = fetchOpening;
    this.title = make("h2", { class: "ode-title" });
    this.kind = make("p", { class: "ode-kind" });
    this.status = make("p", { class: "ode-status", role: "status" });
    this.stopButton = make("button", { type: "button", class: "ode-button ode-stop", text: "Stop", hidden: true });
    canvasView.connect({
      onDrawn: (time) => this.onDrawn(time),
      onAllocated: () => painter.fit(store.loadedScene.size),
      onRestored: () => this.onRestored(),
    });
    document.addEventListener("ode-pick", (event) => this.onPick(event.detail));
    document.addEventListener("ode-open", () => (this.picked = null));
  }

  /**
   * Takes a new value. One of an earlier run, or of a material that was picked before the last one, is outdated and ignored.
   *
   * @param {Run | NoRun | null | undefined} value
   */
  update(value) {
    if (!value || value.run < this.run) return;
    if (!value.material) {
      this.picked = null;
      this.showMessage(value.message);
      return;
    }
    if (this.picked && value.material.name !== this.picked) return;
    if (value.status === "asked" && this.addressBar.leadsElsewhere(value.material.name)) {
      this.openLinked();
      return;
    }
    if (value.status === "asked" && !this.showsBaked(value)) return;
    if (value.status !== "asked") this.picked = null;
    if (value.run > this.run) this.begin(value);
    this.value = value;
    // Screen readers do not read out every keyframe.
    this.status.setAttribute("aria-live", value.status === "solving" ? "off" : "polite");
    this.status.textContent = value.text;
    this.root.dataset.status = value.status;
    this.stopButton.hidden = !["waiting", "solving"].includes(value.status);
    this.showMessage(value.message ?? this.failure ?? this.canvasView.limitation);
    const { loader } = this;
    if (this.canvasView.renderer && loader)
      value.keyframes.slice(loader.requested).forEach(({ time, file }) => loader.request(time, file.url));
    else this.store.setScene({ ...this.store.loadedScene, failed: value.status === "failed" });
  }

  /** The page was opened with a link to another material than its first value: shows baked keyframes of the linked one. */
  async openLinked() {
    const material = this.addressBar.linkedMaterial;
    if (!this.fetchOpening || material === undefined || this.requestedLink === material) return;
    this.requestedLink = material;
    try {
      const value = await this.fetchOpening(material);
      if (value && this.run < 0 && !this.picked) this.update(value);
    } catch {
      // The answer to the link itself is on its way, or has a message.
    }
  }

  /**
   * Whether baked keyframes of a material are shown before the server has answered.
   *
   * @param {Run} value
   */
  showsBaked({ baked }) {
    return Boolean(baked && this.canvasView.renderer);
  }

  /** @param {Run} value of another run */
  begin(value) {
    const { material, size, times, seed, solver, start } = value;
    const provisional = value.status === "asked";
    const known = this.store.scene;
    const sameMaterial = material.name === known?.material.name;
    const captureLight = sameMaterial && known ? known.captureLight : captureLightOf(material);
    const { half_width: halfWidth, distance } = material;
    /** @type {Scene} */
    const scene = { material, size, times, seed, solver, start, halfWidth, distance, captureLight, provisional };
    this.loader?.cancel();
    this.loader = new KeyframeLoader(
      scene,
      (layer, time, keyframe) => this.onKeyframe(layer, time, keyframe),
      (error) => this.fail(error),
    );
    this.run = value.run;
    this.value = value;
    this.failure = null;
    this.title.textContent = material.title;
    this.kind.textContent = material.label;
    if (!this.canvasView.contextLost) this.canvasView.renderer?.precompile(material.brdf);
    this.canvasView.sets.begin(times.length, sameMaterial);
    this.timeline.setRange(times[0], times[times.length - 1], material);
    this.playback.pause();
    if (sameMaterial) this.store.setScene(scene);
    else this.openMaterial(scene, value);
  }

  /**
   * Another material: well into its span if keyframes of it are baked, else as far as it is solved; under the light it was
   * captured under, with an empty age map, or as a link says.
   *
   * @param {Scene} scene
   * @param {Run} value
   */
  openMaterial(scene, { preview, baked }) {
    const { material, times } = scene;
    const { view } = this.store;
    this.painter.reset();
    this.canvasView.showPreview(preview?.url);
    this.store.scene = scene;
    const hasDraft = baked && this.canvasView.renderer;
    if (hasDraft) this.showBaked(baked.url, scene);
    this.store.set({
      time: hasDraft ? clamp(FIRST_TIME * material.duration, times[0], times[times.length - 1]) : null,
      channel: "lit",
      ...(view.second === "kept" ? {} : { second: null }),
      lights: [scene.captureLight],
      selected: 0,
      brush: { ...view.brush, by: view.tool === "paint" ? defaultAge(null, scene) : 0 },
      tool: view.tool === "paint" ? "paint" : material.brdf === "rgb" ? "move" : "light",
      ...this.addressBar.takeView(scene),
    });
  }

  /**
   * @param {string} address
   * @param {Scene} scene
   */
  async showBaked(address, scene) {
    try {
      const bundle = await fetchBundle(address);
      if (this.store.scene?.material.name !== scene.material.name) return;
      const label = `Preview, ${bundle.size.join("×")}, seed ${bundle.seed}`;
      await this.canvasView.showDraft(bundle, scene, label);
    } catch {
      // The material is solved in any case.
    }
  }

  /**
   * @param {number} layer
   * @param {number} time
   * @param {Keyframe} keyframe
   */
  onKeyframe(layer, time, keyframe) {
    if (this.canvasView.contextLost) return;
    try {
      this.canvasView.addKeyframe(layer, time, keyframe);
    } catch (error) {
      this.fail(/** @type {Error} */ (error));
      return;
    }
    this.showSolvedRange();
  }

  showSolvedRange() {
    const { live, reach } = this.canvasView.sets;
    this.timeline.setSolved(live?.index.first ?? null, live?.index.last ?? null, reach);
  }

  /**
   * Keyframes cannot be fetched or shown: the message stays until another solve begins.
   *
   * @param {Error} error
   */
  fail(error) {
    this.loader?.cancel();
    this.failure = error.message;
    this.showMessage(this.failure);
  }

  /** A lost graphics context was restored: it is filled again from the files that were kept. */
  onRestored() {
    this.canvasView.sets.begin(this.canvasView.sets.layers, true);
    this.showMessage(this.value?.message);
    this.loader?.replay();
  }

  /** @param {number} time */
  onDrawn(time) {
    if (this.canvasView.renderer) this.showSolvedRange();
    else if (this.value) {
      const { times } = this.value;
      const [first, last] = [times[0], times[times.length - 1]];
      this.timeline.setSolved(first, last, { first, last });
    }
    this.timeline.show(time);
  }

  /**
   * A material was picked in the gallery: shows its baked keyframes at once, or its preview; the previous solve is outdated.
   *
   * @param {Card} card
   */
  onPick({ name, title, preview, opening }) {
    this.picked = name;
    this.loader?.cancel();
    this.playback.pause();
    this.showMessage(null);
    if (opening && this.showsBaked(opening)) {
      const { seed, size } = this.store.scene ?? opening;
      this.run = Math.floor(this.run);
      this.update({ ...opening, run: this.run + 0.5, seed, size }); // later than earlier requests, earlier than the answer
      return;
    }
    this.title.textContent = title;
    this.kind.textContent = this.status.textContent = "";
    this.canvasView.showPreview(preview?.url);
  }
}

/**
 * The light that a material was captured under. A texture has none: under this one the front of a solid is as bright as the
 * texture.
 *
 * @param {Material} material
 */
function captureLightOf({ brdf, distance, light: [x, y, logIntensity] }) {
  return defaultLight({ x, y, logIntensity: brdf === "rgb" ? Math.log(Math.PI * distance ** 2) : logIntensity });
}
