// Which channels are shown, side by side or alone, and how bright.

class ChannelPanel {
  constructor(store) {
    this.store = store;
    this.first = selectRow("Show", [], (channel) => store.set({ channel }));
    this.second = selectRow("Compare", [], (second) => store.set({ second: second || null }));
    this.exposure = sliderRow("Exposure", { min: -4, max: 4, title: "In stops" }, (exposure) =>
      store.set({ exposure }),
    );
    this.element = make(
      "div",
      { class: "ode-channels" },
      this.first.element,
      this.second.element,
      this.exposure.element,
    );
    store.listen((view, scene) => this.show(view, scene));
  }

  show(view, scene) {
    if (scene && this.views !== scene.material.views) {
      this.views = scene.material.views;
      this.first.offer(this.views);
      this.second.offer([["", "nothing"], ...this.views]);
      for (const row of [this.first, this.second]) row.element.hidden = this.views.length < 2;
    }
    this.first.show(view.channel);
    this.second.show(view.second ?? "");
    this.exposure.show(view.exposure);
  }
}
