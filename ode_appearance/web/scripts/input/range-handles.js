// Handles at both ends of the time slider: dragged outward they ask for more time to be solved, inward for less.

class RangeHandles {
  /** `ask({start, end})` asks for another range of model time. */
  constructor(timeline, ask) {
    Object.assign(this, { timeline, ask, changes: {} });
    this.label = make("output", { class: "ode-range-label", hidden: true });
    this.elements = ["start", "end"].map((end) => this.handle(end));
    timeline.track.append(...this.elements, this.label);
  }

  handle(end) {
    return make("div", {
      class: `ode-range ode-range-${end}`,
      role: "slider",
      tabindex: "0",
      title: `Drag to solve ${end === "start" ? "from an earlier or later" : "to a later or earlier"} time`,
      "aria-label": end === "start" ? "Start of the solved range" : "End of the solved range",
      onpointerdown: (event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        this.from = event.clientX;
        event.preventDefault();
        event.currentTarget.focus();
      },
      onpointermove: (event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) this.drag(end, event.clientX - this.from);
      },
      onpointerup: () => this.settle(),
      onpointercancel: () => this.settle(false),
      onkeydown: (event) => this.key(end, event),
    });
  }

  /** Moved by so many pixels: twice the slider's own scale, for there is little room beside it. */
  drag(end, pixels) {
    const { start, end: stop, track } = this.timeline;
    const moved = (2 * pixels * (stop - start)) / Math.max(track.clientWidth, 1);
    this.want(end, this.timeline[end] + moved);
  }

  key(end, event) {
    const way = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1 }[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const from = this.changes[end] ?? this.timeline[end];
    this.want(end, from + way * 0.05 * this.timeline.duration);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.settle(), 600);
  }

  /** Not before the noise, and not so that nothing is left between the two. */
  want(end, time) {
    const { warmup, duration } = this.timeline;
    const least = 0.02 * duration;
    const [start, stop] = [this.timeline.start, this.timeline.end];
    const rounded = Number(time.toFixed(2));
    const wanted = end === "start" ? clamp(rounded, -warmup, stop - least) : Math.max(rounded, start + least);
    if (!Number.isFinite(wanted)) return; // nothing is shown yet
    this.changes = { [end]: wanted };
    this.label.hidden = false;
    this.label.textContent = `${end === "start" ? "from" : "to"} t = ${spell(wanted)}`;
    this.label.classList.toggle("ode-range-left", end === "start");
  }

  settle(wanted = true) {
    const { start, end } = this.timeline;
    const { changes } = this;
    this.changes = {};
    this.label.hidden = true;
    if (wanted && Object.keys(changes).length) this.ask({ start, end, ...changes });
  }

  /** The range that is shown, for those who do not see it. */
  show() {
    for (const [index, end] of ["start", "end"].entries()) {
      this.elements[index].setAttribute("aria-valuenow", this.timeline[end]);
      this.elements[index].setAttribute("aria-valuetext", `t = ${spell(this.timeline[end])}`);
    }
  }
}
