// The picture: a canvas drawn with WebGL2, or pictures that the server draws; draws again whenever the view changes.

class Stage {
  /** `remote(request)` resolves to a picture of the server's, `say(sentence)` shows a message. */
  constructor(store, { remote, say }) {
    Object.assign(this, { store, say, moments: new Moments(), fresh: true });
    this.remote = new RemotePictures(remote, (address) => this.showPreview(address), say);
    this.canvas = make("canvas", { role: "img", tabindex: "0" });
    this.preview = calm(make("img", { class: "ode-preview", alt: "", hidden: true, draggable: "false" }));
    this.picture = make("div", { class: "ode-picture" }, this.canvas, this.preview);
    this.start();
    new ResizeObserver(() => this.fit()).observe(this.picture);
    store.listen((view, scene) => {
      if (scene) this.picture.style.setProperty("--ratio", pictureRatio(view, scene));
      this.invalidate();
    });
  }

  /** `drawn(time)` is called with the model time that is shown, `allocated()` when there is room for keyframes, `restored()`
   *  when the browser has taken the graphics away and given them back. */
  notify({ drawn, allocated, restored }) {
    Object.assign(this, { drawn, allocated, restored });
  }

  start() {
    try {
      this.renderer = new Renderer(this.canvas);
    } catch {
      this.renderer = null;
      this.shortcoming = "This browser has no WebGL2: the server draws the pictures, so time and light follow slowly.";
      return;
    }
    this.canvas.addEventListener("webglcontextlost", (event) => {
      event.preventDefault();
      this.gone = true;
      this.renderer.forget();
      this.say("The browser took the graphics away; the picture returns when it gives them back.");
    });
    this.canvas.addEventListener("webglcontextrestored", () => {
      this.gone = false;
      this.renderer.graphics.forget();
      this.restored();
    });
  }

  /** Another solve begins: of `layers` keyframes, none of which is there. */
  begin(layers) {
    Object.assign(this, { moments: new Moments(), fresh: true, layers });
  }

  /** A keyframe has arrived; throws where the graphics card has no room for it. */
  receive(layer, time, keyframe) {
    if (this.fresh) {
      this.renderer.allocate(this.store.scene, this.layers);
      this.fresh = false;
      this.allocated();
    }
    this.renderer.keyframes.upload(layer, keyframe);
    this.moments.add(time, layer, keyframe.heights);
    this.preview.hidden = true;
    this.invalidate();
  }

  /** Brings an age map to the graphics card (see keyframe-textures.js). */
  age(values, rows) {
    if (this.renderer && !this.gone && !this.fresh) this.renderer.keyframes.setAges(values, rows);
  }

  /** Whether there is something to draw. */
  get ready() {
    return Boolean(this.renderer) && !this.gone && !this.fresh && this.moments.known.length > 0;
  }

  get moment() {
    return this.moments.at(this.store.view.time ?? this.moments.last);
  }

  get pixels() {
    return [this.canvas.width, this.canvas.height];
  }

  /** Where a pointer is, as a share of the picture. */
  shareOf(event) {
    const box = this.picture.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  /** The canvas has as many pixels as the screen has there. */
  fit() {
    const ratio = window.devicePixelRatio || 1;
    const box = this.picture.getBoundingClientRect();
    const size = [box.width, box.height].map((length) => clamp(Math.round(length * ratio), 1, 2048));
    if (String(size) === String(this.pixels)) return;
    [this.canvas.width, this.canvas.height] = size;
    if (this.renderer) this.draw();
    this.store.tell();
  }

  invalidate() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = null;
      if (this.renderer) this.draw();
      else this.drawOnServer();
    });
  }

  draw() {
    if (!this.ready) return;
    const { moment } = this;
    this.renderer.draw(moment, this.store.view);
    this.show(moment.time);
  }

  /** Without WebGL2. */
  drawOnServer() {
    const { view, scene } = this.store;
    if (!scene || scene.failed) return;
    const { x, y, logIntensity } = view.lights[0];
    const time = view.time ?? scene.times.at(-1);
    this.show(time);
    this.remote.want([scene.material.name, scene.seed, ...scene.size, time, x, y, logIntensity]);
  }

  show(time) {
    const name = `${this.store.scene.material.title} at t = ${spell(time)}`;
    this.canvas.setAttribute("aria-label", name);
    this.preview.setAttribute("alt", name);
    this.drawn(time);
  }

  /** A picture over the canvas, until the first keyframe is there. */
  showPreview(address) {
    this.preview.hidden = !address;
    if (address && this.preview.getAttribute("src") !== address) this.preview.src = address;
  }
}

/** Width to height of the picture. */
function pictureRatio(view, scene) {
  if (view.surface !== "flat") return 1;
  const [across, down] = tiledSize(view, scene);
  return across / down;
}
