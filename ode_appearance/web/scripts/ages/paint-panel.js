// The brush that makes places older or younger, and what else can be done with the age map.

class PaintPanel {
  /** `say(sentence)` shows what went wrong. */
  constructor(store, painter, say) {
    Object.assign(this, { store, painter, say });
    const change = (name) => (value) => store.set({ brush: { ...store.view.brush, [name]: value } });
    this.rows = {
      by: sliderRow("Older by", { min: -1, max: 1, title: "Model time; below zero it is younger" }, change("by")),
      radius: sliderRow("Radius", { min: 0.01, max: 0.5, title: "Share of the width" }, change("radius")),
      softness: sliderRow("Softness", { min: 0, max: 1 }, change("softness")),
    };
    this.erase = toggle("Erase", change("erase"));
    this.undo = button("Undo", () => painter.undo());
    this.clear = button("Clear", () => painter.clear());
    this.file = make("input", { type: "file", accept: "image/*", hidden: true, onchange: () => this.import() });
    this.element = panel(
      "Paint age",
      () => this.open(),
      hint("Drag in the picture: older ahead of the time slider, younger behind it."),
      ...Object.values(this.rows).map((row) => row.element),
      buttons(this.erase.element, this.undo, this.clear),
      buttons(
        button("Gradient", () => painter.fill((_, y) => y * store.view.brush.by), {
          title: "Older from top to bottom",
        }),
        button("Noise", () => this.noise(), { title: "Older here and there" }),
        button("Import", () => this.file.click(), {
          title: "A grey picture: 128 is the slider's time, 255 the exemplar's span later, 1 as much earlier",
        }),
        button("Export", () => this.export(), { title: "The age map as a grey picture" }),
        this.file,
      ),
    );
    store.listen((view, scene) => this.show(view, scene));
  }

  open() {
    const { view, scene } = this.store;
    const by = view.brush.by || (scene ? usualAge(view.time, scene) : 0);
    this.store.set({ tool: "paint", brush: { ...view.brush, by } });
  }

  show({ brush }, scene) {
    if (scene && this.scene !== scene)
      Object.assign(this.rows.by.slider, { min: -scene.material.duration, max: scene.material.duration });
    this.scene = scene;
    for (const [name, row] of Object.entries(this.rows)) row.show(brush[name]);
    this.erase.show(brush.erase);
    this.undo.disabled = !this.painter.map?.past.length;
    this.clear.disabled = !this.store.view.painted;
  }

  noise() {
    const noise = repeatingNoise();
    this.painter.fill((x, y) => noise(x, y) * this.store.view.brush.by);
  }

  async import() {
    const [file] = this.file.files;
    this.file.value = "";
    if (!file) return;
    try {
      await this.painter.import(file);
    } catch {
      this.say(`${file.name} is not a picture that this browser can read.`);
    }
  }

  async export() {
    download(await this.painter.export(), `${this.store.scene.material.name}_age.png`);
  }
}
