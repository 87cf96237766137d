// Which channels are shown, side by side or alone, and how bright.

class ChannelPanel {
  /** `keep()` keeps what is seen, to be compared with what is solved next; without it there is nothing next. */
  constructor(store, keep) {
    this.store = store;
    this.first = selectRow("Show", [], (channel) => store.set({ channel }));
    this.second = selectRow("Compare", [], (second) => store.set({ second: second || null }));
    this.beside = toggle("Side by side", (beside) => store.set({ beside }));
    this.keep = button("Keep to compare", keep, {
      title: "Keeps this one beside the seed or the material that is looked at next",
      hidden: !keep,
    });
    this.exposure = sliderRow("Exposure", { min: -4, max: 4, title: "In stops" }, (exposure) =>
      store.set({ exposure }),
    );
    this.element = make(
      "div",
      { class: "ode-channels" },
      this.first.element,
      this.second.element,
      buttons(this.keep, this.beside.element),
      this.exposure.element,
    );
    store.listen((view, scene) => this.show(view, scene));
  }

  show(view, scene) {
    if (scene) this.offer(scene.material, view.kept);
    this.first.show(view.channel);
    this.second.show(view.second ?? "");
    this.beside.show(view.beside);
    this.beside.element.disabled = !view.second;
    this.exposure.show(view.exposure);
  }

  offer({ views, exemplar }, kept) {
    if (this.views === views && this.kept === kept) return;
    Object.assign(this, { views, kept });
    this.first.offer(views);
    this.first.element.hidden = views.length < 2;
    const others = [...(exemplar ? [["exemplar", "Exemplar"]] : []), ...(kept ? [["kept", `Kept: ${kept}`]] : [])];
    const channels = views.length < 2 ? [] : views;
    this.second.offer([["", "nothing"], ...channels, ...others]);
    this.second.element.hidden = channels.length + others.length === 0;
  }
}
