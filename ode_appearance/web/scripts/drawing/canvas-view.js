// The picture: a canvas drawn with WebGL2, or pictures from the server; drawn again whenever the view changes.

import { make, respectReducedMotion } from "../base/dom.js";
import { aspectRatio } from "../base/geometry.js";
import { clamp, formatNumber, samePair } from "../base/numbers.js";
import { fillFromBundle } from "../keyframes/keyframe-bundle.js";
import { KeyframeSets } from "../keyframes/keyframe-sets.js";
import { AdaptiveResolution } from "./adaptive-resolution.js";
import { Renderer } from "./renderer.js";
import { ServerRenderer } from "./server-renderer.js";
import { halfWidth, secondAvailable, splitParts } from "./split-view.js";

/** @import { Ages, Keyframe, KeyframeBundle, Pair, Scene, ServerCalls } from "../types" */
/** @import { Store } from "../base/store.js" */

const MAX_CANVAS = 2048; // pixels across and down

export class CanvasView {
  /** Null without WebGL2. @type {Renderer | null} */
  renderer = null;
  contextLost = false;
  /** Whether the pending frame is for a change of the view. */
  viewChanged = false;
  /** @type {number | null} */
  pendingFrame = null;
  /** A message on what this browser cannot do. @type {string | null} */
  limitation = null;
  onDrawn = (/** @type {number} */ time) => {};
  onAllocated = () => {};
  onRestored = () => {};

  /**
   * @param {Store} store
   * @param {{ fetchPicture: ServerCalls["picture"], showMessage: (message: string) => void }} page
   */
  constructor(store, { fetchPicture, showMessage }) {
    this.store = store;
    this.showMessage = showMessage;
    this.serverRenderer = new ServerRenderer(fetchPicture, (address) => this.showPreview(address), showMessage);
    this.canvas = make("canvas", { role: "img", tabindex: "0" });
    this.preview = respectReducedMotion(make("img", { class: "ode-preview", alt: "", hidden: true, draggable: "false" }));
    this.draftLabel = make("p", { class: "ode-mark", hidden: true });
    this.overlay = make("div", { class: "ode-over" }); // over the picture, or over the left one of two
    this.picture = make("div", { class: "ode-picture" }, this.canvas, this.preview, this.overlay, this.draftLabel);
    this.adaptiveResolution = new AdaptiveResolution(() => this.invalidate());
    this.sets = new KeyframeSets(store, () => this.renderer?.graphics, () => this.invalidate());
    this.startRenderer();
    new ResizeObserver(() => this.fit()).observe(this.picture);
    store.subscribe(() => this.invalidate());
  }

  /**
   * Sets the callbacks: `onDrawn(time)` with the model time that is shown, `onAllocated()` when there is room for keyframes,
   * `onRestored()` when the browser has restored a lost graphics context.
   *
   * @param {Pick<CanvasView, "onDrawn" | "onAllocated" | "onRestored">} callbacks
   */
  connect(callbacks) {
    Object.assign(this, callbacks);
  }

  startRenderer() {
    let renderer;
    try {
      renderer = this.renderer = new Renderer(this.canvas);
    } catch {
      this.limitation = "This browser has no WebGL2: the server draws the pictures, so time and light respond slowly.";
      return;
    }
    this.canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.contextLost = true;
      this.sets.forget();
      this.store.set({ kept: null, ...(this.store.view.second === "kept" ? { second: null } : {}) });
      this.showMessage("The browser has taken the graphics card away; the picture returns when the browser gives it back.");
    });
    this.canvas.addEventListener("webglcontextrestored", () => {
      this.contextLost = false;
      renderer.graphics.reset();
      this.onRestored();
    });
  }

  /**
   * Adds a keyframe of the current solve; throws where the graphics card has no room for it.
   *
   * @param {number} layer
   * @param {number} time
   * @param {Keyframe} keyframe
   */
  addKeyframe(layer, time, keyframe) {
    this.sets.add(layer, time, keyframe, this.onAllocated);
    this.preview.hidden = true;
    this.requestFrame();
  }

  /**
   * Shows a bundle of keyframes until the current solve reaches the time.
   *
   * @param {KeyframeBundle} bundle
   * @param {Scene} scene
   * @param {string} label
   */
  async showDraft(bundle, scene, label) {
    if (!this.renderer || this.contextLost) return;
    const { seed, size, times } = bundle;
    const draft = this.sets.create({ ...scene, seed, size, times }, times.length, label);
    this.sets.replace("draft", draft);
    await fillFromBundle(
      draft,
      bundle,
      () => this.sets.draft === draft,
      () => {
        if (this.shown) this.preview.hidden = true;
        this.requestFrame();
      },
    );
  }

  /** Keeps the solved keyframes for comparison with later ones. */
  keep() {
    const { live } = this.sets;
    if (!live?.ready) return;
    this.sets.replace("kept", live);
    this.store.set({ kept: live.label, second: "kept", beside: true });
  }

  /**
   * Uploads the age map (see keyframe-textures.js).
   *
   * @param {Ages | null} values
   * @param {Pair} rows
   */
  uploadAges(values, rows) {
    const size = this.store.scene?.size;
    if (!size || this.contextLost) return;
    for (const keyframeSet of [this.sets.live, this.sets.draft])
      if (keyframeSet && samePair(keyframeSet.scene.size, size)) keyframeSet.textures.setAges(values, rows);
  }

  /** The keyframe set in the picture. */
  get shown() {
    return this.sets.shown;
  }

  /** The scene in the picture. */
  get scene() {
    return this.shown?.scene ?? this.store.scene;
  }

  /** Whether there is something to draw with WebGL2. */
  get ready() {
    return Boolean(this.renderer) && !this.contextLost && this.shown !== null;
  }

  /** The parts of the picture: see split-view.js. */
  get parts() {
    return this.ready ? splitParts(this.sets, this.canvas.width, this.store.view) : [];
  }

  /** Whether two pictures are side by side. */
  get sideBySide() {
    const { beside, second } = this.store.view;
    return beside && second !== null && Boolean(this.renderer) && secondAvailable(second, this.sets);
  }

  /** Size in pixels of a part of the picture that shows a whole plane. @returns {Pair} */
  get pixels() {
    const { width, height } = this.canvas;
    return [this.sideBySide ? halfWidth(width) : width, height];
  }

  /**
   * The uv coordinates of a pointer; within either picture where two are side by side.
   *
   * @param {MouseEvent} event
   * @returns {Pair}
   */
  uvOf(event) {
    const [u, v] = this.canvasUvOf(event);
    return this.sideBySide && u >= 0 && u < 1 ? [(2 * u) % 1, v] : [u, v];
  }

  /**
   * The uv coordinates of a pointer in the whole canvas.
   *
   * @param {MouseEvent} event
   * @returns {Pair}
   */
  canvasUvOf(event) {
    const box = this.picture.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  /** Gives the canvas as many pixels as the screen has there. */
  fit() {
    if (!this.resize(1)) return;
    if (this.renderer) this.draw();
    this.store.notify();
  }

  /**
   * Resizes the canvas to `scale` times its pixels on the screen; returns whether it had another size. While the page is laid
   * out its size changes often, and there is nothing to draw yet.
   *
   * @param {number} scale
   */
  resize(scale) {
    if (!this.ready) return false;
    const ratio = scale * (window.devicePixelRatio || 1);
    const box = this.picture.getBoundingClientRect();
    const [width, height] = [box.width, box.height].map((length) => clamp(Math.round(length * ratio), 1, MAX_CANVAS));
    if (width === this.canvas.width && height === this.canvas.height) return false;
    Object.assign(this.canvas, { width, height });
    return true;
  }

  /** Draws in full resolution now, for a picture that is saved. */
  sharpen() {
    this.adaptiveResolution.restore();
    this.resize(1);
    this.draw();
  }

  /** The view has changed: draws again. */
  invalidate() {
    if (!this.viewChanged) this.adaptiveResolution.frameRequested();
    this.viewChanged = true;
    this.requestFrame();
  }

  /** Draws again; on its own, for data that has arrived, it does not count as motion, so the resolution stays. */
  requestFrame() {
    if (this.pendingFrame) return;
    this.pendingFrame = requestAnimationFrame(() => {
      this.pendingFrame = null;
      this.updateLayout();
      if (this.renderer) {
        const { exact } = this.store.view;
        const scale = this.viewChanged ? this.adaptiveResolution.frameStarted() : this.adaptiveResolution.scale;
        this.viewChanged = false;
        const resized = this.resize(exact ? 1 : scale);
        this.draw();
        if (resized && exact) this.store.notify(); // positions depend on the number of pixels
      } else this.drawOnServer();
    });
  }

  /** The picture's shape, and the label of a draft. */
  updateLayout() {
    const { view } = this.store;
    if (!this.scene) return;
    const count = this.sideBySide ? 2 : 1;
    this.picture.style.setProperty("--ratio", String(count * aspectRatio(view, this.scene)));
    this.picture.classList.toggle("ode-beside", count === 2);
    const { draft } = this.sets;
    const label = draft && this.shown === draft ? draft.label : null;
    this.draftLabel.hidden = label === null;
    if (label !== null && this.draftLabel.textContent !== label) this.draftLabel.textContent = label;
  }

  draw() {
    const { parts } = this;
    if (!parts.length) return;
    this.renderer?.draw(parts, this.store.view, this.adaptiveResolution.reduced);
    this.showTime(parts[0].blend.time);
  }

  /** Without WebGL2. */
  drawOnServer() {
    const { view, scene } = this.store;
    if (!scene || scene.failed) return;
    const { x, y, logIntensity } = view.lights[0];
    const time = view.time ?? scene.times[scene.times.length - 1];
    this.showTime(time);
    const request = [scene.material.name, scene.seed, ...scene.size, time, x, y, logIntensity, scene.start ?? ""];
    this.serverRenderer.request(request);
  }

  /** @param {number} time */
  showTime(time) {
    const name = `${this.store.loadedScene.material.title} at t = ${formatNumber(time)}`;
    this.canvas.setAttribute("aria-label", name);
    this.preview.setAttribute("alt", name);
    this.onDrawn(time);
  }

  /**
   * Shows a picture over the canvas until the first keyframe arrives, or hides it.
   *
   * @param {string | undefined} address
   */
  showPreview(address) {
    this.preview.hidden = !address;
    if (address && this.preview.getAttribute("src") !== address) this.preview.src = address;
  }
}
