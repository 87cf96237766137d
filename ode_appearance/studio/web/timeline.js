// The time control: a slider over coloured zones (warm-up, exemplar, beyond), what is solved of it, play and pause.

const PLAY_SECONDS = 8; // in which the exemplar's span is played

class Timeline {
  /** `changed(time)` is called for every move of the user's hand and every frame that is played. */
  constructor(changed) {
    this.changed = changed;
    this.zones = make("div", { class: "ode-zones", "aria-hidden": "true" });
    this.solved = make("div", { class: "ode-solved", "aria-hidden": "true" });
    this.slider = make("input", {
      type: "range",
      step: "any",
      min: 0,
      max: 1,
      value: 0,
      "aria-label": "Time",
      oninput: () => {
        this.pause();
        changed(Number(this.slider.value));
      },
    });
    this.button = make("button", {
      type: "button",
      class: "ode-button ode-play",
      "aria-label": "Play",
      onclick: () => this.toggle(),
    });
    this.readout = make("output", { class: "ode-readout" });
    this.element = make(
      "div",
      { class: "ode-time" },
      this.button,
      make("div", { class: "ode-track" }, this.zones, make("div", { class: "ode-progress" }, this.solved), this.slider),
      this.readout,
    );
    this.playing = false;
    this.bounds = null;
  }

  /** The planned range [start, end] of model time, and the material's `warmup` and `duration`. */
  setRange(start, end, { warmup, duration }) {
    Object.assign(this, { start, end, duration, bounds: null });
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

  /** From where to where there are keyframes. */
  setSolved(first, last) {
    const share = (time) => (100 * (time - this.start)) / Math.max(this.end - this.start, 1e-9);
    this.bounds = first === null ? null : [first, last];
    this.solved.style.marginLeft = this.bounds ? `${share(first)}%` : "0";
    this.solved.style.width = this.bounds ? `${share(last) - share(first)}%` : "0";
    this.button.disabled = !this.bounds || first === last;
  }

  /** Shows a time that was reached, by whatever way. */
  show(time) {
    if (document.activeElement !== this.slider || this.playing || Number(this.slider.value) !== time)
      this.slider.value = time;
    const share = time < 0 ? "warm-up" : `${Math.round((100 * time) / this.duration)} % of its span`;
    this.readout.replaceChildren(make("b", { text: `t = ${spell(time)}` }), make("span", { text: share }));
    this.slider.setAttribute("aria-valuetext", `${spell(time)}, ${share}`);
    this.time = time;
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Plays what is solved, round and round; the noise of the warm-up is seen the first time only. */
  play() {
    if (this.playing || !this.bounds) return;
    this.setPlaying(true);
    let before = null;
    let time = this.time ?? this.bounds[0];
    if (time >= this.bounds[1]) time = this.restart();
    const frame = (now) => {
      if (!this.playing || !this.bounds) return this.setPlaying(false);
      time += before === null ? 0 : (Math.min(now - before, 100) / 1000) * (this.duration / PLAY_SECONDS);
      before = now;
      if (time > this.bounds[1]) time = this.restart();
      this.changed(time);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  pause() {
    this.setPlaying(false);
  }

  restart() {
    return this.bounds[1] > 0 ? Math.max(this.bounds[0], 0) : this.bounds[0];
  }

  setPlaying(playing) {
    this.playing = playing;
    this.button.setAttribute("aria-label", playing ? "Pause" : "Play");
    this.button.classList.toggle("ode-playing", playing);
  }
}
