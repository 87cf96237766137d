// The time control: a slider over coloured zones (warm-up, exemplar, beyond), what is solved of it, and how it plays.

const SPEEDS = [0.25, 0.5, 1, 2, 4].map((speed) => [String(speed), `${speed}×`]);

class Timeline {
  /** `ask({start, end})` asks for another range of time; without it there is no other. */
  constructor(store, playback, ask) {
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
    const step = (frames, text, name) =>
      button(text, () => playback.step(frames), { class: "ode-button ode-step", "aria-label": name, title: name });
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
    this.bounds = null;
    if (ask) this.range = new RangeHandles(this, ask);
    store.listen((view) => this.follow(view));
  }

  /** The planned range [start, end] of model time, and the material's `warmup` and `duration`. */
  setRange(start, end, { warmup, duration }) {
    Object.assign(this, { start, end, warmup, duration, bounds: null, shown: null });
    this.range?.show();
    Object.assign(this.slider, { min: start, max: end });
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

  /** From where to where it is solved (null, where it is not), and what {first, last} can be looked at. */
  setSolved(first, last, reach = {}) {
    const share = (time) => (100 * (time - this.start)) / Math.max(this.end - this.start, 1e-9);
    this.bounds = first === null ? null : [first, last];
    this.solved.style.marginLeft = this.bounds ? `${share(first)}%` : "0";
    this.solved.style.width = this.bounds ? `${share(last) - share(first)}%` : "0";
    this.button.disabled = !(reach.first < reach.last);
  }

  /** Shows a time that was reached, by whatever way. */
  show(time) {
    if (time === this.shown) return;
    if (Number(this.slider.value) !== time) this.slider.value = time;
    const share = time < 0 ? "warm-up" : `${Math.round((100 * time) / this.duration)} % of its span`;
    this.readout.replaceChildren(make("b", { text: `t = ${spell(time)}` }), make("span", { text: share }));
    this.slider.setAttribute("aria-valuetext", `${spell(time)}, ${share}`);
    this.time = this.shown = time;
  }

  follow({ playing, pingPong, speed }) {
    this.button.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.button.classList.toggle("ode-playing", playing);
    this.pingPong.show(pingPong);
    if (this.speed.value !== String(speed)) this.speed.value = speed;
  }
}
