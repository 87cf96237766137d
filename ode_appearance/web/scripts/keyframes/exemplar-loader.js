// Loads the exemplar's own frames when they are first compared with the material.

import { fetchBundle, fillFromBundle } from "./keyframe-bundle.js";

/** @import { Material, Scene, ServerCalls } from "../types" */
/** @import { CanvasView } from "../drawing/canvas-view.js" */
/** @import { Store } from "../base/store.js" */

export class ExemplarLoader {
  /** @type {Material | null} */
  requested = null;

  /**
   * @param {Store} store
   * @param {CanvasView} canvasView
   * @param {ServerCalls["exemplar"]} fetchExemplar
   * @param {(message: string) => void} showMessage
   */
  constructor(store, canvasView, fetchExemplar, showMessage) {
    this.store = store;
    this.canvasView = canvasView;
    this.fetchExemplar = fetchExemplar;
    this.showMessage = showMessage;
    store.subscribe((view, scene) => {
      if (canvasView.contextLost) this.requested = null;
      if (view.second !== "exemplar" || !scene || !canvasView.renderer) return;
      if (canvasView.contextLost || canvasView.sets.exemplar) return;
      if (this.requested !== scene.material) this.load(scene);
    });
  }

  /** @param {Scene} scene */
  async load(scene) {
    const { material } = scene;
    this.requested = material;
    try {
      if (!this.fetchExemplar) throw new Error("The exemplar is not available here.");
      const { address, error } = await this.fetchExemplar(material.name);
      if (!address) throw new Error(error);
      const bundle = await fetchBundle(address);
      if (this.requested !== material) return;
      const { size, times, seed } = bundle;
      /** @type {Material} */
      const frames = { ...material, brdf: "rgb", views: [["lit", "Exemplar"]] };
      const exemplar = this.canvasView.sets.create(
        { ...scene, size, times, seed, material: frames },
        times.length,
        "Exemplar",
      );
      this.canvasView.sets.replace("exemplar", exemplar);
      await fillFromBundle(
        exemplar,
        bundle,
        () => this.canvasView.sets.exemplar === exemplar,
        () => this.canvasView.requestFrame(),
      );
    } catch (error) {
      this.requested = null;
      this.store.set({ second: null });
      this.showMessage(/** @type {Error} */ (error).message);
    }
  }
}
