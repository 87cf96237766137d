// The time control: a slider over coloured zones (warm-up, exemplar, beyond), the solved range, and the playback buttons.

import { make } from "../base/dom.js";
import { formatNumber } from "../base/numbers.js";
import { RangeHandles } from "../input/range-handles.js";
import { button, toggle } from "./controls.js";

/** @import { Material, ServerCalls, ViewState } from "../types" */
/** @import { Store } from "../base/store.js" */
/** @import { Playback } from "../input/playback.js" */

const SPEEDS = [0.25, 0.5, 1, 2, 4].map((speed) => [String(speed), `${speed}×`]);

export class Timeline {
  /** The planned range of model time, and the material's warm-up and span; NaN without a material. */
  start = NaN;
  end = NaN;
  warmup = NaN;
  duration = NaN;
  /** The model time that is shown. @type {number | undefined} */
  time;
  /** The time in the readout, null when that is outdated. @type {number | null} */
  shownTime = null;

  /**
   * @param {Store} store
   * @param {Playback} playback
   * @param {ServerCalls["range"]} requestRange undefined where there is no other range
   */
  constructor(store, playback, requestRange) {
    this.zones = make("div", { class: "ode-zones", "aria-hidden": "true" });
    this.solved = make("div", { class: "ode-solved", "aria-hidden": "true" });
    this.slider = make("input", {
      type: "range",
      step: "any",
      min: 0,
      max: 1,
      value: 0,
      "aria-label": "Time",
      oninput: () => store.set({ playing: false, time: Number(this.slider.value) }),
    });
    this.button = button("", () => playback.toggle(), { class: "ode-button ode-play", "aria-label": "Play" });
    /** @type {(count: number, text: string, name: string) => HTMLButtonElement} */
    const step = (count, text, name) =>
      button(text, () => playback.step(count), { class: "ode-button ode-step", "aria-label": name, title: name });
    this.speed = make(
      "select",
      { "aria-label": "Speed", title: "Speed", onchange: () => store.set({ speed: Number(this.speed.value) }) },
      ...SPEEDS.map(([value, text]) => make("option", { value, text })),
    );
    this.pingPong = toggle("⇄", (pingPong) => store.set({ pingPong }), {
      class: "ode-button ode-step",
      "aria-label": "Back and forth",
      title: "Back and forth",
    });
    this.readout = make("output", { class: "ode-readout" });
    const progress = make("div", { class: "ode-progress" }, this.solved);
    this.track = make("div", { class: "ode-track" }, this.zones, progress, this.slider);
    this.element = make(
      "div",
      { class: "ode-time" },
      this.button,
      this.track,
      make(
        "div",
        { class: "ode-transport" },
        step(-1, "‹", "Previous keyframe"),
        step(1, "›", "Next keyframe"),
        this.pingPong.element,
        this.speed,
        this.readout,
      ),
    );
    if (requestRange) this.rangeHandles = new RangeHandles(this, requestRange);
    store.subscribe((view) => this.update(view));
  }

  /**
   * @param {number} start of the planned range of model time
   * @param {number} end
   * @param {Pick<Material, "warmup" | "duration">} material
   */
  setRange(start, end, { warmup, duration }) {
    Object.assign(this, { start, end, warmup, duration });
    this.shownTime = null;
    this.rangeHandles?.update();
    Object.assign(this.slider, { min: start, max: end });
    /** @type {[string, number, number][]} */
    const zones = [
      ["warm-up", -warmup, 0],
      ["exemplar", 0, duration],
      ["beyond", duration, Infinity],
    ];
    this.zones.replaceChildren(
      ...zones.flatMap(([name, from, to]) => {
        const length = Math.min(to, end) - Math.max(from, start);
        return length > 0
          ? [make("div", { class: `ode-zone ode-${name}`, style: `flex: ${length} 0 0`, text: name })]
          : [];
      }),
    );
    this.setSolved(null, null);
  }

  /**
   * Shows the solved range (null where nothing is solved). `reach` is the range that can be shown.
   *
   * @param {number | null} first
   * @param {number | null} last
   * @param {{ first?: number, last?: number }} [reach]
   */
  setSolved(first, last, reach = {}) {
    /** @param {number} time */
    const percent = (time) => (100 * (time - this.start)) / Math.max(this.end - this.start, 1e-9);
    const solved = first !== null && last !== null;
    this.solved.style.marginLeft = solved ? `${percent(first)}%` : "0";
    this.solved.style.width = solved ? `${percent(last) - percent(first)}%` : "0";
    this.button.disabled = reach.first === undefined || reach.last === undefined || reach.first >= reach.last;
  }

  /**
   * Shows the time that was drawn.
   *
   * @param {number} time
   */
  show(time) {
    if (time === this.shownTime) return;
    if (Number(this.slider.value) !== time) this.slider.value = String(time);
    const share = time < 0 ? "warm-up" : `${Math.round((100 * time) / this.duration)} % of its span`;
    this.readout.replaceChildren(make("b", { text: `t = ${formatNumber(time)}` }), make("span", { text: share }));
    this.slider.setAttribute("aria-valuetext", `${formatNumber(time)}, ${share}`);
    this.time = this.shownTime = time;
  }

  /** @param {ViewState} view */
  update({ playing, pingPong, speed }) {
    this.button.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.button.classList.toggle("ode-playing", playing);
    this.pingPong.show(pingPong);
    if (this.speed.value !== String(speed)) this.speed.value = String(speed);
  }
}
