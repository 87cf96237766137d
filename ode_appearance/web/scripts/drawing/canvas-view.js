// The picture: a canvas drawn with WebGL2, or pictures that the server draws; draws again whenever the view changes.

class Stage {
  /** `remote(request)` resolves to a picture of the server's, `say(sentence)` shows a message. */
  constructor(store, { remote, say }) {
    Object.assign(this, { store, say, live: null, draft: null, kept: null, exemplar: null, moved: false });
    this.remote = new RemotePictures(remote, (address) => this.showPreview(address), say);
    this.canvas = make("canvas", { role: "img", tabindex: "0" });
    this.preview = calm(make("img", { class: "ode-preview", alt: "", hidden: true, draggable: "false" }));
    this.mark = make("p", { class: "ode-mark", hidden: true });
    this.over = make("div", { class: "ode-over" }); // what lies over the picture, or over its left half
    this.picture = make("div", { class: "ode-picture" }, this.canvas, this.preview, this.over, this.mark);
    this.pace = new Pace(() => this.invalidate());
    this.start();
    new ResizeObserver(() => this.fit()).observe(this.picture);
    store.listen(() => this.invalidate());
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
      this.lose();
      this.say("The browser took the graphics away; the picture returns when it gives them back.");
    });
    this.canvas.addEventListener("webglcontextrestored", () => {
      this.gone = false;
      this.renderer.graphics.forget();
      this.restored();
    });
  }

  /** What was on the graphics card is no longer there. */
  lose() {
    Object.assign(this, { live: null, draft: null, kept: null, exemplar: null });
    this.store.set({ kept: null, ...(this.store.view.second === "kept" ? { second: null } : {}) });
  }

  /** Another solve begins: of `layers` keyframes, none of which is there. What was solved before of the same material is shown
   *  until it is there; of another, nothing. */
  begin(layers, same) {
    this.layers = layers;
    if (this.live?.ready && same) this.replace("draft", this.live);
    else if (!same) this.replace("draft", null);
    this.replace("live", null);
    if (!same) this.replace("exemplar", null);
  }

  /** Another plate in the place of one that is then freed, unless it has another place too. */
  replace(place, plate) {
    const old = this[place];
    this[place] = plate;
    if (old && ![this.live, this.draft, this.kept, this.exemplar].includes(old)) old.free();
    this.invalidate();
  }

  /** A new plate; throws where the graphics card has no room for it. */
  plate(scene, layers, label) {
    return new Plate(this.renderer.graphics, scene, layers, label);
  }

  /** A keyframe has arrived; throws where the graphics card has no room for it. */
  receive(layer, time, keyframe) {
    if (!this.live) {
      const { scene } = this.store;
      this.live = this.plate(scene, this.layers, labelOf(scene));
      this.allocated();
    }
    this.live.add(layer, time, keyframe);
    if (this.live.complete) this.replace("draft", null);
    this.preview.hidden = true;
    this.arrived();
  }

  /** Shows a bundle of keyframes until the solve is as far, or something else is shown. */
  async showDraft(bundle, scene, label) {
    if (!this.renderer || this.gone) return;
    const { seed, size, times } = bundle;
    const draft = this.plate({ ...scene, seed, size, times }, times.length, label);
    this.replace("draft", draft);
    await fill(
      draft,
      bundle,
      () => this.draft === draft,
      () => {
        if (this.shown) this.preview.hidden = true;
        this.arrived();
      },
    );
  }

  /** Keeps what is solved, to be compared with what is looked at next. */
  keep() {
    if (!this.live?.ready) return;
    this.replace("kept", this.live);
    this.store.set({ kept: this.live.label, second: "kept", beside: true });
  }

  /** Brings an age map to the graphics card (see keyframe-textures.js). */
  age(values, rows) {
    const size = String(this.store.scene?.size);
    for (const plate of this.gone ? [] : [this.live, this.draft])
      if (plate && String(plate.scene.size) === size) plate.keyframes.setAges(values, rows);
  }

  /** The plate that is looked at: what is solved as soon as it reaches the time. */
  get shown() {
    const { time } = this.store.view;
    const { live, draft } = this;
    const drafted = draft?.complete || (time !== null && draft?.reaches(time));
    if (live?.ready && (time === null || live.reaches(time) || !drafted)) return live;
    return drafted ? draft : null;
  }

  /** What is shown of a material, at what size. */
  get scene() {
    return this.shown?.scene ?? this.store.scene;
  }

  /** Whether there is something to draw. */
  get ready() {
    return Boolean(this.renderer) && !this.gone && this.shown !== null;
  }

  /** The model times {first, last} that can be looked at. */
  get reach() {
    const known = [this.live, this.draft].filter((plate) => plate?.ready).map((plate) => plate.moments);
    if (!known.length) return {};
    return {
      first: Math.min(...known.map((moments) => moments.first)),
      last: Math.max(...known.map((moments) => moments.last)),
    };
  }

  /** The parts of the picture, as they are drawn (see split-view.js). */
  get parts() {
    return this.ready ? partsOf(this, this.store.view) : [];
  }

  /** Whether two stand side by side. */
  get halved() {
    const { beside, second } = this.store.view;
    return beside && second !== null && Boolean(this.renderer) && secondThere(second, this);
  }

  /** Pixels of a part of the picture that shows a whole plane. */
  get pixels() {
    const { width, height } = this.canvas;
    return [this.halved ? halfOf(width) : width, height];
  }

  /** Where a pointer is, as a share of the picture; of either half where two are side by side. */
  shareOf(event) {
    const [across, down] = this.placeOf(event);
    return this.halved && across >= 0 && across < 1 ? [(2 * across) % 1, down] : [across, down];
  }

  /** Where a pointer is, as a share of all that is seen. */
  placeOf(event) {
    const box = this.picture.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  /** The canvas has as many pixels as the screen has there. */
  fit() {
    if (!this.resize(1)) return;
    if (this.renderer) this.draw();
    this.store.tell();
  }

  /** Gives the canvas a share of the pixels that the screen has there; whether it had others before. While the page is laid
   *  out it changes often, and there is nothing to draw yet. */
  resize(share) {
    if (!this.ready) return false;
    const ratio = share * (window.devicePixelRatio || 1);
    const box = this.picture.getBoundingClientRect();
    const size = [box.width, box.height].map((length) => clamp(Math.round(length * ratio), 1, 2048));
    if (size[0] === this.canvas.width && size[1] === this.canvas.height) return false;
    [this.canvas.width, this.canvas.height] = size;
    return true;
  }

  /** Sharp, whatever moves: for a picture that is kept. */
  sharpen() {
    this.pace.rest();
    this.resize(1);
    this.draw();
  }

  /** Something moved: it is drawn anew. */
  invalidate() {
    if (!this.moved) this.pace.ask();
    this.moved = true;
    this.arrived();
  }

  /** Something came that nobody waits to see move: it is drawn anew, with as many pixels as before. */
  arrived() {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = null;
      this.arrange();
      if (this.renderer) {
        const { exact } = this.store.view;
        const share = this.moved ? this.pace.frame() : this.pace.share;
        this.moved = false;
        const resized = this.resize(exact ? 1 : share);
        this.draw();
        if (resized && exact) this.store.tell(); // how many pixels there are says where things lie
      } else this.drawOnServer();
    });
  }

  /** The picture's shape, and the mark of one that is not what was asked for. */
  arrange() {
    const { view } = this.store;
    if (!this.scene) return;
    const halves = this.halved ? 2 : 1;
    this.picture.style.setProperty("--ratio", halves * pictureRatio(view, this.scene));
    this.picture.classList.toggle("ode-beside", halves === 2);
    this.mark.hidden = !this.draft || this.shown !== this.draft;
    if (!this.mark.hidden && this.mark.textContent !== this.draft.label) this.mark.textContent = this.draft.label;
  }

  draw() {
    const { parts } = this;
    if (!parts.length) return;
    this.renderer.draw(parts, this.store.view, this.pace.coarse);
    this.show(parts[0].moment.time);
  }

  /** Without WebGL2. */
  drawOnServer() {
    const { view, scene } = this.store;
    if (!scene || scene.failed) return;
    const { x, y, logIntensity } = view.lights[0];
    const time = view.time ?? scene.times.at(-1);
    this.show(time);
    this.remote.want([scene.material.name, scene.seed, ...scene.size, time, x, y, logIntensity, scene.start ?? ""]);
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

/** What a scene is, in a few words. */
function labelOf({ material, size, seed, start }) {
  const from = { noise: ", from noise", stitched: ", from the photograph" }[start] ?? "";
  return `${material.title}, seed ${seed}, ${size.join("×")}${from}`;
}

/** Width to height of a plane in the picture. */
function pictureRatio(view, scene) {
  if (view.surface !== "flat") return 1;
  const [across, down] = tiledSize(view, scene);
  return across / down;
}
