// What the material lies on, and how near one looks.

const SURFACES = [
  ["flat", "Flat"],
  ["sphere", "Sphere"],
  ["cylinder", "Cylinder"],
];
const MOST_TILES = 8;

class SurfacePanel {
  /** `move` is the tool of that name. */
  constructor(store, move) {
    this.store = store;
    this.surface = selectRow("Surface", SURFACES, (surface) => store.set({ surface, zoom: 1 }));
    this.tiles = ["Tiles across", "Tiles down"].map((label, axis) =>
      numberRow(label, { min: 1, max: MOST_TILES }, (count) =>
        store.set({ tiles: store.view.tiles.map((known, other) => (other === axis ? count : known)) }),
      ),
    );
    const format = (stops) => `${spell(2 ** stops, 1)}×`;
    this.zoom = sliderRow("Zoom", { min: 0, max: Math.log2(MOST_ZOOM), format }, (stops) =>
      move.zoom(2 ** stops / store.view.zoom),
    );
    this.exact = toggle("Exact pixels", (exact) => store.set({ exact }), {
      title: "Every texel as a whole number of the screen's pixels, nothing blended",
    });
    const by = (factor, name) => button(factor > 1 ? "+" : "−", () => move.zoom(factor), { "aria-label": name });
    this.element = panel(
      "Surface",
      () => store.set({ tool: "move" }),
      hint("Drag to move or turn; pinch to zoom, or click and use the wheel."),
      this.surface.element,
      ...this.tiles.map((row) => row.element),
      this.zoom.element,
      buttons(
        by(1 / 1.25, "Zoom out"),
        by(1.25, "Zoom in"),
        this.exact.element,
        button("Reset view", () => store.set(UNCHANGED_VIEW)),
      ),
    );
    store.listen((view) => this.show(view));
  }

  show(view) {
    this.surface.show(view.surface);
    this.tiles.forEach((row, axis) => row.show(view.tiles[axis]));
    this.zoom.show(Math.log2(view.zoom));
    this.exact.show(view.exact);
    this.exact.element.disabled = view.surface !== "flat";
  }
}
