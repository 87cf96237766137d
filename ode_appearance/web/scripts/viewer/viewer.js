// The viewer: a canvas that shows a material at any time, under any light, without a request to the server.
//
// The controls change the view state (store.js); canvas-view.js and renderer.js draw it; server-sync.js follows the server.
// viewer-api.js is the API for scripts.

import { make } from "../base/dom.js";
import { isLit } from "../base/lights.js";
import { Store } from "../base/store.js";
import { PaintPanel } from "../ages/paint-panel.js";
import { PaintTool } from "../ages/paint-tool.js";
import { Painter } from "../ages/painter.js";
import { CanvasView } from "../drawing/canvas-view.js";
import { Divider } from "../input/divider.js";
import { Keyboard } from "../input/keyboard.js";
import { LightHandles } from "../input/light-handles.js";
import { LightTool } from "../input/light-tool.js";
import { MoveTool } from "../input/move-tool.js";
import { PixelProbe } from "../input/pixel-probe.js";
import { Playback } from "../input/playback.js";
import { PointerGestures } from "../input/pointer-gestures.js";
import { ExemplarLoader } from "../keyframes/exemplar-loader.js";
import { ChannelPanel } from "../panels/channel-panel.js";
import { CopyLinkButton } from "../panels/copy-link-button.js";
import { LightPanel } from "../panels/light-panel.js";
import { savePictureButton } from "../panels/save-picture-button.js";
import { SurfacePanel } from "../panels/surface-panel.js";
import { Timeline } from "../panels/timeline.js";
import { AddressBar } from "./address-bar.js";
import { ServerSync } from "./server-sync.js";

/** @import { Scene, ServerCalls, Tool, ViewState } from "../types" */

/** @typedef {{ light: LightTool, move: MoveTool, paint: PaintTool }} Tools */

const NARROW = 640; // pixels, as in viewer.css

export class Viewer {
  /** The tool whose panel was opened last. @type {Tool | undefined} */
  tool;

  /**
   * @param {HTMLElement} root
   * @param {ServerCalls} server
   */
  constructor(root, { stop, range, picture, exemplar, opening }) {
    this.root = root;
    this.message = make("p", { class: "ode-message", role: "alert", hidden: true });
    /** @param {string | null | undefined} message */
    this.showMessage = (message) => {
      this.message.hidden = !message;
      if (this.message.textContent !== (message ?? "")) this.message.textContent = message ?? "";
    };
    const { showMessage } = this;
    const store = (this.store = new Store());
    this.canvasView = new CanvasView(store, { fetchPicture: picture, showMessage });
    this.playback = new Playback(store, this.canvasView);
    this.timeline = new Timeline(store, this.playback, range);
    this.painter = new Painter(store, (values, rows) => this.canvasView.uploadAges(values, rows));
    /** @type {Tools} */
    this.tools = {
      light: new LightTool(this.canvasView, store),
      move: new MoveTool(this.canvasView, store),
      paint: new PaintTool(this.canvasView, store, this.painter),
    };
    new PointerGestures(this.canvasView, store, this.tools);
    new Keyboard(root, { store, slider: this.timeline.slider, playback: this.playback, tools: this.tools });
    this.addressBar = new AddressBar(store);
    new ExemplarLoader(store, this.canvasView, exemplar, showMessage);
    this.serverSync = new ServerSync(this, opening);
    this.panels = {
      light: new LightPanel(store).element,
      move: new SurfacePanel(store, this.tools.move).element,
      paint: new PaintPanel(store, this.painter, showMessage).element,
    };
    this.build(stop);
    store.notify();
  }

  /** @param {ServerCalls["stop"]} stop */
  build(stop) {
    const { store, canvasView, panels } = this;
    const { status, title, kind, stopButton } = this.serverSync;
    stopButton.addEventListener("click", () => stop?.());
    canvasView.overlay.append(new LightHandles(canvasView, store).element);
    canvasView.picture.append(new Divider(canvasView, store).element);
    const ages = () => (store.view.painted && this.painter.map ? this.painter.map.values : null);
    const probe = new PixelProbe(canvasView, store, ages);
    const copyLink = new CopyLinkButton(this.addressBar, store);
    const shownPanels = canvasView.renderer
      ? [new ChannelPanel(store, stop && (() => canvasView.keep())).element, ...Object.values(panels)]
      : [panels.light];
    this.root.replaceChildren(
      make("div", { class: "ode-stage" }, canvasView.picture, probe.element, this.message),
      this.timeline.element,
      make("div", { class: "ode-foot" }, status, stopButton, savePictureButton(canvasView), copyLink.button, copyLink.field),
      make("div", { class: "ode-panel" }, make("header", {}, title, kind), ...shownPanels),
    );
    store.subscribe((view, scene) => this.update(view, scene));
  }

  /**
   * Opens the panel of the selected tool where there is room.
   *
   * @param {ViewState} view
   * @param {Scene | null} scene
   */
  update(view, scene) {
    const { picture } = this.canvasView;
    const nothingToDrag = {
      light: scene && !isLit(view, scene),
      move: view.surface === "flat" && view.zoom === 1 && !view.exact,
      paint: false,
    };
    picture.dataset.tool = view.tool;
    // A finger scrolls the page where there is nothing to drag.
    picture.classList.toggle("ode-still", Boolean(nothingToDrag[view.tool]));
    if (view.tool === this.tool || !scene) return;
    this.tool = view.tool;
    const panels = Object.values(this.panels);
    if (this.root.clientWidth > NARROW || panels.some((other) => other.open)) this.panels[view.tool].open = true;
  }
}
