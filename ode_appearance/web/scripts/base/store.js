// What a person chose to look at, as plain data. Controls change it, all that is shown follows it, and nothing else is said
// in the other direction.

const MOST_LIGHTS = 8; // as in lights.glsl
const UNCHANGED_VIEW = { surface: "flat", tiles: [1, 1], zoom: 1, centre: [0.5, 0.5], turn: [0, 0], exact: false };

/** A light as it is at first: {kind: "point" or "directional", x, y, height (the camera's is 1), logIntensity, colour, orbit
 *  (turns a second)}. */
const newLight = (changes) => ({
  kind: "point",
  x: 0,
  y: 0,
  height: 1,
  logIntensity: 0,
  colour: "#ffffff",
  orbit: 0,
  ...changes,
});

const newView = () => ({
  time: null, // model time; null follows the solve
  playing: false,
  speed: 1,
  pingPong: false,
  channel: "lit",
  second: null, // the channel to the right of the divider, or "exemplar" or "kept"
  beside: false, // whether the two are side by side, each as a whole
  kept: null, // what is kept to compare with, in words
  divider: 0.5,
  exposure: 0, // in stops
  lights: [newLight()],
  selected: 0, // the light that the controls change
  ...UNCHANGED_VIEW,
  tool: "light", // what a drag in the picture does: "light", "move" or "paint"
  // by: model time, 0 until there is a reason for another; radius: share of the width; softness: share of the radius
  brush: { by: 0, radius: 0.12, softness: 0.5, erase: false },
  painted: 0, // grows with every change of the age map; 0 where there is none
});

class Store {
  constructor() {
    this.view = newView();
    this.scene = null;
    this.listeners = [];
  }

  /** `listener(view, scene)` is called after every change. */
  listen(listener) {
    this.listeners.push(listener);
  }

  set(changes) {
    Object.assign(this.view, changes);
    this.tell();
  }

  /** What the material and its solve give: {material, seed, size, times, solver (its fields) and start ("noise" or "stitched"),
   *  where they are not the material's own, halfWidth, distance, origin (its own light)}. */
  setScene(scene) {
    this.scene = scene;
    this.tell();
  }

  /** Change the selected light. */
  setLight(changes) {
    const { lights, selected } = this.view;
    this.set({ lights: lights.map((light, index) => (index === selected ? { ...light, ...changes } : light)) });
  }

  tell() {
    for (const listener of this.listeners) listener(this.view, this.scene);
  }
}
