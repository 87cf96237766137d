// Keyboard shortcuts: time in the whole viewer and where nothing else has the focus, the tool in the picture.

import { DEFAULT_FRAMING } from "../base/view-state.js";

/** @import { Pair } from "../types" */
/** @import { Store } from "../base/store.js" */
/** @import { Tools } from "../viewer/viewer.js" */
/** @import { Playback } from "./playback.js" */

/** [right, up]. @type {Record<string, Pair>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] };

/** @typedef {(() => void) | null} Action */

export class Keyboard {
  /** Whether the focus came by the keyboard. */
  keyboardFocus = false;

  /**
   * @param {HTMLElement} root
   * @param {{ store: Store, slider: HTMLElement, playback: Playback, tools: Tools }} parts
   */
  constructor(root, { store, slider, playback, tools }) {
    this.root = root;
    this.store = store;
    this.slider = slider;
    this.playback = playback;
    this.tools = tools;
    // A button keeps the focus after a click; only one that was reached by the keyboard is pressed with the space bar.
    document.addEventListener("focusin", ({ target }) => {
      this.keyboardFocus = /** @type {Element} */ (target).matches(":focus-visible");
    });
    document.addEventListener("keydown", (event) => this.onKeyDown(event));
  }

  /** @param {KeyboardEvent} event */
  onKeyDown(event) {
    const target = /** @type {Element} */ (event.target);
    const typing = target.matches("input:not([type=range]), select, textarea");
    if (!this.store.scene || typing || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const action = this.root.contains(target) ? this.inViewer(event, target) : this.outsideViewer(event, target);
    if (!action) return;
    event.preventDefault();
    action();
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Element} target
   * @returns {Action}
   */
  inViewer(event, target) {
    const inPicture = Boolean(target.closest(".ode-picture"));
    const onSlider = target === this.slider;
    return (
      this.playbackKey(event, target) ??
      (inPicture || onSlider ? this.endKey(event) : null) ??
      (onSlider ? this.sliderKey(event) : null) ??
      (inPicture ? this.pictureKey(event) : null)
    );
  }

  /**
   * Where nothing has the focus, or a card of the gallery: while the viewer is visible. Up and down scroll the page.
   *
   * @param {KeyboardEvent} event
   * @param {Element} target
   * @returns {Action}
   */
  outsideViewer(event, target) {
    const { key } = event;
    const card = target.matches(".ode-card");
    if (!(card || target === document.body) || !this.visible || ["ArrowUp", "ArrowDown"].includes(key)) return null;
    if (card && key === " " && !this.keyboardFocus) return () => this.playback.toggle();
    return this.playbackKey(event, target) ?? this.endKey(event) ?? this.sliderKey(event);
  }

  get visible() {
    const { width, top, bottom } = this.root.getBoundingClientRect(); // without width on a hidden tab
    return width > 0 && bottom > 0 && top < innerHeight;
  }

  /**
   * @param {KeyboardEvent} event
   * @param {Element} target
   * @returns {Action}
   */
  playbackKey({ key }, target) {
    if (key === " " && !target.matches("button, summary")) return () => this.playback.toggle();
    if (key === "," || key === ".") return () => this.playback.step(key === "," ? -1 : 1);
    return null;
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {Action}
   */
  endKey({ key }) {
    return key === "Home" || key === "End" ? () => this.playback.jump(key === "Home" ? -1 : 1) : null;
  }

  /**
   * From keyframe to keyframe.
   *
   * @param {KeyboardEvent} event
   * @returns {Action}
   */
  sliderKey({ key, shiftKey }) {
    return ARROWS[key] ? () => this.playback.step((ARROWS[key][0] + ARROWS[key][1]) * (shiftKey ? 10 : 1)) : null;
  }

  /**
   * @param {KeyboardEvent} event
   * @returns {Action}
   */
  pictureKey({ key, shiftKey }) {
    const { tool, surface, tiles } = this.store.view;
    if (ARROWS[key]) return () => this.tools[tool].nudge(ARROWS[key], shiftKey);
    if (key === "+" || key === "=") return () => this.tools.move.zoom(1.25);
    if (key === "-") return () => this.tools.move.zoom(1 / 1.25);
    if (key === "0") return () => this.store.set({ ...DEFAULT_FRAMING, surface, tiles });
    if (key === "Enter" && tool === "paint") return () => this.tools.paint.dab();
    return null;
  }
}
