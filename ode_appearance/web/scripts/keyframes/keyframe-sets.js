// The keyframe sets on the graphics card, and which of them the picture shows.

import { KeyframeSet } from "./keyframe-set.js";

/** @import { Keyframe, Scene } from "../types" */
/** @import { Store } from "../base/store.js" */
/** @import { Graphics } from "../drawing/graphics.js" */

/** @typedef {"live" | "draft" | "kept" | "exemplar"} Place */

export class KeyframeSets {
  /** Keyframes of the current solve. @type {KeyframeSet | null} */
  live = null;
  /** Baked or earlier keyframes, shown until the live ones reach the time. @type {KeyframeSet | null} */
  draft = null;
  /** Kept for comparison. @type {KeyframeSet | null} */
  kept = null;
  /** Frames of the exemplar. @type {KeyframeSet | null} */
  exemplar = null;
  /** Number of keyframes of the current solve. */
  layers = 0;

  /**
   * @param {Store} store
   * @param {() => Graphics | undefined} graphics
   * @param {() => void} onReplaced
   */
  constructor(store, graphics, onReplaced) {
    this.store = store;
    this.graphics = graphics;
    this.onReplaced = onReplaced;
  }

  /**
   * Begins another solve, of `layers` keyframes. What was solved before of the same material stays visible until the new
   * keyframes reach the time; of another material, nothing stays.
   *
   * @param {number} layers
   * @param {boolean} sameMaterial
   */
  begin(layers, sameMaterial) {
    this.layers = layers;
    if (this.live?.ready && sameMaterial) this.replace("draft", this.live);
    else if (!sameMaterial) this.replace("draft", null);
    this.replace("live", null);
    if (!sameMaterial) this.replace("exemplar", null);
  }

  /**
   * Puts another keyframe set in the place of one, which is freed unless it has another place too.
   *
   * @param {Place} place
   * @param {KeyframeSet | null} keyframeSet
   */
  replace(place, keyframeSet) {
    const old = this[place];
    this[place] = keyframeSet;
    if (old && ![this.live, this.draft, this.kept, this.exemplar].includes(old)) old.free();
    this.onReplaced();
  }

  /** After a lost graphics context: nothing is left to be freed. */
  forget() {
    this.live = this.draft = this.kept = this.exemplar = null;
  }

  /**
   * Throws where the graphics card has no room for it.
   *
   * @param {Scene} scene
   * @param {number} layers
   * @param {string} label
   */
  create(scene, layers, label) {
    const graphics = this.graphics();
    if (!graphics) throw new Error("WebGL2 is not available");
    return new KeyframeSet(graphics, scene, layers, label);
  }

  /**
   * Adds a keyframe of the current solve; throws where the graphics card has no room for it.
   *
   * @param {number} layer
   * @param {number} time
   * @param {Keyframe} keyframe
   * @param {() => void} onAllocated called when there is room for keyframes, before the first is added
   */
  add(layer, time, keyframe, onAllocated) {
    if (!this.live) {
      const scene = this.store.loadedScene;
      this.live = this.create(scene, this.layers, sceneLabel(scene));
      onAllocated();
    }
    this.live.add(layer, time, keyframe);
    if (this.live.complete) this.replace("draft", null);
  }

  /** The keyframe set in the picture: the live one as soon as it reaches the time. */
  get shown() {
    const { time } = this.store.view;
    const { live, draft } = this;
    const hasDraft = draft && (draft.complete || (time !== null && draft.reaches(time)));
    if (live?.ready && (time === null || live.reaches(time) || !hasDraft)) return live;
    return hasDraft ? draft : null;
  }

  /** The range of model times that can be shown; empty without keyframes. @returns {{ first?: number, last?: number }} */
  get reach() {
    const indices = [this.live, this.draft].flatMap((set) => (set?.ready ? [set.index] : []));
    if (!indices.length) return {};
    return {
      first: Math.min(...indices.map((index) => index.first)),
      last: Math.max(...indices.map((index) => /** @type {number} */ (index.last))),
    };
  }
}

/** @param {Scene} scene */
function sceneLabel({ material, size, seed, start }) {
  const from = start ? { noise: ", from noise", stitched: ", from the photograph" }[start] : "";
  return `${material.title}, seed ${seed}, ${size.join("×")}${from}`;
}
