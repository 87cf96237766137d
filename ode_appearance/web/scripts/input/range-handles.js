// Handles at both ends of the time slider: dragging one outward requests a longer range of time to be solved, inward a shorter.

import { make } from "../base/dom.js";
import { clamp, formatNumber } from "../base/numbers.js";

/** @import { ServerCalls } from "../types" */
/** @import { Timeline } from "../panels/timeline.js" */

/** @typedef {"start" | "end"} End */
/** @type {End[]} */
const ENDS = ["start", "end"];
/** @type {Record<string, number>} */
const STEPS = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 };

export class RangeHandles {
  /** @type {{ start?: number, end?: number }} */
  changes = {};
  /** Where the drag began, in pixels. */
  dragStart = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /**
   * @param {Timeline} timeline
   * @param {NonNullable<ServerCalls["range"]>} requestRange
   */
  constructor(timeline, requestRange) {
    this.timeline = timeline;
    this.requestRange = requestRange;
    this.label = make("output", { class: "ode-range-label", hidden: true });
    this.elements = ENDS.map((end) => this.createHandle(end));
    timeline.track.append(...this.elements, this.label);
  }

  /** @param {End} end */
  createHandle(end) {
    const handle = make("div", {
      class: `ode-range ode-range-${end}`,
      role: "slider",
      tabindex: "0",
      title: `Drag to solve ${end === "start" ? "from an earlier or later" : "to a later or earlier"} time`,
      "aria-label": end === "start" ? "Start of the solved range" : "End of the solved range",
      onpointerdown: (/** @type {PointerEvent} */ event) => {
        handle.setPointerCapture(event.pointerId);
        this.dragStart = event.clientX;
        event.preventDefault();
        handle.focus();
      },
      onpointermove: (/** @type {PointerEvent} */ event) => {
        if (handle.hasPointerCapture(event.pointerId)) this.drag(end, event.clientX - this.dragStart);
      },
      onpointerup: () => this.submit(),
      onpointercancel: () => this.cancel(),
      onkeydown: (/** @type {KeyboardEvent} */ event) => this.onKeyDown(end, event),
    });
    return handle;
  }

  /**
   * At twice the scale of the slider, because there is little room beside it.
   *
   * @param {End} end
   * @param {number} pixels
   */
  drag(end, pixels) {
    const { start, end: stop, track } = this.timeline;
    const moved = (2 * pixels * (stop - start)) / Math.max(track.clientWidth, 1);
    this.propose(end, this.timeline[end] + moved);
  }

  /**
   * @param {End} end
   * @param {KeyboardEvent} event
   */
  onKeyDown(end, event) {
    const step = STEPS[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const from = this.changes[end] ?? this.timeline[end];
    this.propose(end, from + step * 0.05 * this.timeline.duration);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.submit(), 600);
  }

  /**
   * Shows a proposed end, not before the noise, and with some time left between the two ends.
   *
   * @param {End} end
   * @param {number} time
   */
  propose(end, time) {
    const { start, end: stop, warmup, duration } = this.timeline;
    const minLength = 0.02 * duration;
    const rounded = Number(time.toFixed(2));
    const wanted = end === "start" ? clamp(rounded, -warmup, stop - minLength) : Math.max(rounded, start + minLength);
    if (!Number.isFinite(wanted)) return; // nothing is shown yet
    this.changes = { [end]: wanted };
    this.label.hidden = false;
    this.label.textContent = `${end === "start" ? "from" : "to"} t = ${formatNumber(wanted)}`;
    this.label.classList.toggle("ode-range-left", end === "start");
  }

  submit() {
    const { start, end } = this.timeline;
    const { changes } = this;
    this.cancel();
    if (Object.keys(changes).length) this.requestRange({ start, end, ...changes });
  }

  cancel() {
    this.changes = {};
    this.label.hidden = true;
  }

  /** Updates the values for screen readers. */
  update() {
    for (const [index, end] of ENDS.entries()) {
      this.elements[index].setAttribute("aria-valuenow", String(this.timeline[end]));
      this.elements[index].setAttribute("aria-valuetext", `t = ${formatNumber(this.timeline[end])}`);
    }
  }
}
