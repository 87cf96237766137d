// The viewer: a canvas that shows a material at any time, under any light, without asking the server again.
//
// A person's hand changes the view (store.js); canvas-view.js and renderer.js draw it; what comes from the server goes through
// server-sync.js. What scripts may call is in viewer-api.js.

const NARROW = 640; // pixels, as in viewer.css

class Viewer {
  /** `stop()` asks the server to stop solving, and is missing where nothing else can be solved, as is
   *  `range({start, end})`, which asks for another range of time;
   *  `picture([material, seed, width, height, time, x, y, logIntensity, start])` resolves to {address} of a picture drawn
   *  there, or {error}; `exemplar(name)` likewise to a bundle (see bundle.js);
   *  `opening(name)` to the value of a material that a link leads to, as it is before it is asked for, or null. */
  constructor(root, { stop, range, picture, exemplar, opening }) {
    this.root = root;
    const store = (this.store = new Store());
    const say = (sentence) => this.say(sentence);
    this.stage = new Stage(store, { remote: picture, say });
    this.playback = new Playback(store, this.stage);
    this.timeline = new Timeline(store, this.playback, range);
    this.painter = new Painter(store, (...ages) => this.stage.age(...ages));
    const tools = (this.tools = {
      light: new LightTool(this.stage, store),
      move: new MoveTool(this.stage, store),
      paint: new PaintTool(this.stage, store, this.painter),
    });
    new Gestures(this.stage, store, tools);
    new Keys(root, { store, slider: this.timeline.slider, playback: this.playback, tools });
    this.address = new AddressBar(store);
    new Exemplar(store, this.stage, exemplar, say);
    this.delivery = new Delivery({ ...this, say, opening });
    this.build(stop, say);
    store.tell();
  }

  build(stop, say) {
    const { store, stage } = this;
    this.message = make("p", { class: "ode-message", role: "alert", hidden: true });
    const { status, title, kind, stopping } = this.delivery;
    stopping.addEventListener("click", () => stop());
    this.panels = {
      light: new LightPanel(store).element,
      move: new SurfacePanel(store, this.tools.move).element,
      paint: new PaintPanel(store, this.painter, say).element,
    };
    stage.over.append(new LightHandles(stage, store).element);
    stage.picture.append(new Divider(stage, store).element);
    const probe = new Probe(stage, store, () => store.view.painted && this.painter.map.values);
    const link = new CopyLink(this.address, store);
    const drawn = stage.renderer
      ? [new ChannelPanel(store, stop && (() => stage.keep())).element, ...Object.values(this.panels)]
      : [this.panels.light];
    this.root.replaceChildren(
      make("div", { class: "ode-stage" }, stage.picture, probe.element, this.message),
      this.timeline.element,
      make("div", { class: "ode-foot" }, status, stopping, saveButton(stage), link.button, link.field),
      make("div", { class: "ode-panel" }, make("header", {}, title, kind), ...drawn),
    );
    store.listen((view, scene) => this.follow(view, scene));
  }

  /** The panel of a tool opens with it, where there is room. */
  follow(view, scene) {
    const { picture } = this.stage;
    const still = {
      light: scene && !isLit(view, scene),
      move: view.surface === "flat" && view.zoom === 1 && !view.exact,
    };
    picture.dataset.tool = view.tool;
    // A finger scrolls the page where there is nothing to move.
    picture.classList.toggle("ode-still", Boolean(still[view.tool]));
    if (view.tool === this.tool || !scene) return;
    this.tool = view.tool;
    const panels = Object.values(this.panels);
    if (this.root.clientWidth > NARROW || panels.some((other) => other.open)) this.panels[view.tool].open = true;
  }

  say(message) {
    this.message.hidden = !message;
    if (this.message.textContent !== (message ?? "")) this.message.textContent = message ?? "";
  }
}
