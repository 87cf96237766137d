// The shape that the material lies on, its tiling, and the zoom.

import { formatNumber } from "../base/numbers.js";
import { DEFAULT_FRAMING, MAX_TILES, MAX_ZOOM, SURFACES } from "../base/view-state.js";
import { button, buttonGroup, hint, numberRow, panel, selectRow, sliderRow, toggle } from "./controls.js";

/** @import { Pair, Surface, ViewState } from "../types" */
/** @import { Store } from "../base/store.js" */
/** @import { MoveTool } from "../input/move-tool.js" */

export class SurfacePanel {
  /**
   * @param {Store} store
   * @param {MoveTool} moveTool
   */
  constructor(store, moveTool) {
    this.surface = selectRow("Surface", SURFACES, (surface) =>
      store.set({ surface: /** @type {Surface} */ (surface), zoom: 1 }),
    );
    /** @type {(label: string, tiles: (count: number) => Pair) => ReturnType<typeof numberRow>} */
    const tilesRow = (label, tiles) =>
      numberRow(label, { min: 1, max: MAX_TILES }, (count) => store.set({ tiles: tiles(count) }));
    this.tiles = [
      tilesRow("Tiles across", (count) => [count, store.view.tiles[1]]),
      tilesRow("Tiles down", (count) => [store.view.tiles[0], count]),
    ];
    /** @param {number} stops */
    const format = (stops) => `${formatNumber(2 ** stops, 1)}×`;
    this.zoom = sliderRow("Zoom", { min: 0, max: Math.log2(MAX_ZOOM), format }, (stops) =>
      moveTool.zoom(2 ** stops / store.view.zoom),
    );
    this.exact = toggle("Exact pixels", (exact) => store.set({ exact }), {
      title: "Every texel is a whole number of screen pixels, without filtering",
    });
    /** @type {(factor: number, name: string) => HTMLButtonElement} */
    const zoomButton = (factor, name) =>
      button(factor > 1 ? "+" : "−", () => moveTool.zoom(factor), { "aria-label": name });
    this.element = panel(
      "Surface",
      () => store.set({ tool: "move" }),
      hint("Drag to move or turn; pinch to zoom, or click and use the wheel."),
      this.surface.element,
      ...this.tiles.map((row) => row.element),
      this.zoom.element,
      buttonGroup(
        zoomButton(1 / 1.25, "Zoom out"),
        zoomButton(1.25, "Zoom in"),
        this.exact.element,
        button("Reset view", () => store.set(DEFAULT_FRAMING)),
      ),
    );
    store.subscribe((view) => this.update(view));
  }

  /** @param {ViewState} view */
  update(view) {
    this.surface.show(view.surface);
    this.tiles.forEach((row, axis) => row.show(view.tiles[axis]));
    this.zoom.show(Math.log2(view.zoom));
    this.exact.show(view.exact);
    this.exact.element.disabled = view.surface !== "flat";
  }
}
