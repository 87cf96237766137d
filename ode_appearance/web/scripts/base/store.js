// The view state and the scene. Controls change them, and everything that is shown subscribes to them: there is no other way
// from one control to another.

import { defaultView } from "./view-state.js";

/** @import { Light, Scene, ViewState } from "../types" */

export class Store {
  view = defaultView();
  /** @type {Scene | null} */
  scene = null;
  /** @type {((view: ViewState, scene: Scene | null) => void)[]} */
  subscribers = [];

  /**
   * `subscriber` is called after every change.
   *
   * @param {(view: ViewState, scene: Scene | null) => void} subscriber
   */
  subscribe(subscriber) {
    this.subscribers.push(subscriber);
  }

  /** @param {Partial<ViewState>} changes */
  set(changes) {
    Object.assign(this.view, changes);
    this.notify();
  }

  /** @param {Scene} scene */
  setScene(scene) {
    this.scene = scene;
    this.notify();
  }

  /** The scene, in code that runs only when there is one. */
  get loadedScene() {
    if (!this.scene) throw new Error("No material is loaded yet.");
    return this.scene;
  }

  get selectedLight() {
    return this.view.lights[this.view.selected];
  }

  /**
   * Changes the selected light.
   *
   * @param {Partial<Light>} changes
   */
  setLight(changes) {
    const { lights, selected } = this.view;
    this.set({ lights: lights.map((light, index) => (index === selected ? { ...light, ...changes } : light)) });
  }

  notify() {
    for (const subscriber of this.subscribers) subscriber(this.view, this.scene);
  }
}
