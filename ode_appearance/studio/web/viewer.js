// The viewer: a canvas that shows a material at any time, under any light, without asking the server again.
//
// It builds itself inside its container, on which `element.odeViewer` is the API for scripts:
//   state                {run, material, status, time, following, playing, solved: [first, last] | null, keyframes,
//                        planned, light, view, size, webgl}
//   times                model times of the keyframes that are there, ascending
//   setTime(t)           shows model time t, or the nearest time that is solved so far; null follows the solve
//   setLight(x, y, log)  moves the light (an SVBRDF only)
//   setView(name)        "lit", "diffuse", "normal", ...: what the material has of them
//   play(), pause()      moves through what is solved
//   readPixels()         {width, height, data}: RGBA bytes of the picture at the size of the state, top row first, or null
// What `update` takes is described in viewer.py.

class Viewer {
  /** `stop()` asks the server to stop solving; `picture([material, seed, width, height, time, x, y, logIntensity])`
   *  resolves to {address} of a picture drawn there, or {error}. */
  constructor(root, { stop, picture }) {
    this.root = root;
    this.remote = new RemotePictures(
      picture,
      (address) => this.showPreview(address),
      (sentence) => this.say(sentence),
    );
    this.canvas = make("canvas", { role: "img" });
    this.preview = make("img", { class: "ode-preview", alt: "", hidden: true, draggable: "false" });
    this.message = make("p", { class: "ode-message", role: "alert", hidden: true });
    this.picture = make("div", { class: "ode-picture" }, this.canvas, this.preview);
    this.title = make("h2", { class: "ode-title" });
    this.kind = make("p", { class: "ode-kind" });
    this.select = make("select", { onchange: () => this.setView(this.select.value) });
    this.views = make("label", { class: "ode-row" }, make("span", { text: "Show" }), this.select);
    this.lamp = new Lamp(this.picture, () => this.invalidate());
    this.timeline = new Timeline((time) => {
      this.wanted = time;
      this.invalidate();
    });
    this.status = make("p", { class: "ode-status", role: "status" });
    this.stop = make("button", {
      type: "button",
      class: "ode-button ode-stop",
      text: "Stop",
      hidden: true,
      onclick: () => stop(),
    });
    this.picture.append(this.lamp.handle);
    root.replaceChildren(
      make("div", { class: "ode-stage" }, this.picture, this.message),
      this.timeline.element,
      make("div", { class: "ode-foot" }, this.status, this.stop),
      make("div", { class: "ode-panel" }, make("header", {}, this.title, this.kind), this.views, this.lamp.element),
    );
    this.run = -1;
    this.view = "lit";
    this.wanted = null;
    this.lamp.setPlane(null);
    this.startGraphics();
    new ResizeObserver(() => this.fit()).observe(this.picture);
    document.addEventListener("ode-pick", (event) => this.picked(event.detail));
  }

  // --- what scripts may call ---

  get state() {
    const { run, view, wanted, moments, size } = this;
    return {
      run,
      view,
      following: wanted === null,
      status: this.value?.status,
      time: this.timeline.time,
      light: { ...this.lamp.light },
      solved: moments?.known.length ? [moments.first, moments.last] : null,
      keyframes: moments?.known.length ?? 0,
      planned: this.value?.times.length ?? 0,
      size,
      webgl: Boolean(this.renderer),
      material: this.value?.material.name,
      playing: this.timeline.playing,
    };
  }

  get times() {
    return this.moments.known.map((moment) => moment.time);
  }

  setTime(time) {
    this.wanted = time;
    this.invalidate();
  }

  setLight(x, y, logIntensity) {
    this.lamp.set({ x, y, logIntensity });
  }

  setView(name) {
    this.view = this.select.value = name;
    this.lamp.handle.hidden = name !== "lit" || !this.lamp.plane;
    this.invalidate();
  }

  play() {
    this.timeline.play();
  }

  pause() {
    this.timeline.pause();
  }

  readPixels() {
    if (!this.renderer || this.fresh || !this.moments?.known.length) return null;
    this.draw();
    return { width: this.size[0], height: this.size[1], data: this.renderer.read() };
  }

  // --- what arrives from the server ---

  /** A new value; of an earlier run it is out of date and ignored. */
  update(value) {
    if (!value || value.run < this.run) return;
    if (!value.material) return this.say(value.message);
    if (value.run > this.run) this.begin(value);
    this.value = value;
    // Not every keyframe is read out.
    this.status.setAttribute("aria-live", value.status === "solving" ? "off" : "polite");
    this.status.textContent = value.text;
    this.root.dataset.status = value.status;
    this.stop.hidden = !["waiting", "solving"].includes(value.status);
    this.say(value.message ?? this.shortcoming);
    if (!this.renderer) this.invalidate();
    else value.keyframes.slice(this.arrivals.asked).forEach(({ time, file }) => this.arrivals.ask(time, file.url));
  }

  begin(value) {
    const { material, size, times } = value;
    const another = material.name !== this.value?.material.name;
    const extent = [material.half_width, (material.half_width * size[1]) / size[0]];
    const [x, y, logIntensity] = material.light;
    const rgb = material.brdf === "rgb";
    this.arrivals?.cancel();
    this.arrivals = new Arrivals(
      (...arrived) => this.receive(...arrived),
      (error) => this.say(error.message),
    );
    Object.assign(this, { run: value.run, moments: new Moments(), size, fresh: true, value });
    this.title.textContent = material.title;
    this.kind.textContent = material.label;
    this.picture.style.setProperty("--ratio", size[0] / size[1]);
    this.timeline.pause();
    this.timeline.setRange(times[0], times.at(-1), material);
    this.select.replaceChildren(...material.views.map(([name, label]) => make("option", { value: name, text: label })));
    this.views.hidden = rgb;
    this.lamp.setPlane(rgb ? null : { size, extent, light: { x, y, logIntensity } });
    if (another) {
      this.wanted = null;
      this.showPreview(value.preview?.url);
      this.lamp.set(this.lamp.origin);
    } else this.lamp.place();
    this.setView(!another && material.views.some(([name]) => name === this.view) ? this.view : "lit");
  }

  receive(layer, time, keyframe) {
    if (this.gone) return;
    try {
      if (this.fresh) this.allocate();
      this.renderer.upload(layer, keyframe);
    } catch (error) {
      this.arrivals.cancel();
      return this.say(error.message);
    }
    this.moments.add(time, layer, keyframe.heights);
    this.timeline.setSolved(this.moments.first, this.moments.last);
    this.preview.hidden = true;
    this.invalidate();
  }

  /** A material was picked in the gallery: its preview is here at once, what was solved before is out of date. */
  picked({ address, title }) {
    this.arrivals?.cancel();
    this.timeline.pause();
    this.title.textContent = title;
    this.kind.textContent = this.status.textContent = "";
    this.say(null);
    this.showPreview(address);
  }

  /** A picture over the canvas, until the first keyframe is there. */
  showPreview(address) {
    this.preview.hidden = !address;
    if (address && this.preview.getAttribute("src") !== address) this.preview.src = address;
  }

  say(message) {
    this.message.hidden = !message;
    if (this.message.textContent !== (message ?? "")) this.message.textContent = message ?? "";
  }

  // --- drawing ---

  startGraphics() {
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
    this.canvas.addEventListener("webglcontextrestored", () => this.restore());
  }

  /** Everything on the graphics card is made anew, from the files that were kept. */
  restore() {
    Object.assign(this, { gone: false, fresh: true, moments: new Moments() });
    this.say(this.value?.message);
    this.arrivals?.replay();
  }

  allocate() {
    const { material, times } = this.value;
    this.renderer.allocate({
      size: this.size,
      layers: times.length,
      brdf: material.brdf,
      halfWidth: material.half_width,
      distance: material.distance,
    });
    this.fresh = false;
  }

  /** The canvas has as many pixels as the screen has there. */
  fit() {
    const ratio = window.devicePixelRatio || 1;
    const box = this.picture.getBoundingClientRect();
    const size = [box.width, box.height].map((length) => clamp(Math.round(length * ratio), 1, 2048));
    if (size[0] === this.canvas.width && size[1] === this.canvas.height) return;
    [this.canvas.width, this.canvas.height] = size;
    if (this.renderer) this.draw();
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
    if (this.gone || this.fresh || !this.moments?.known.length) return;
    const moment = this.moments.at(this.wanted ?? this.moments.last);
    this.renderer.draw({ ...moment, light: this.lamp.light, view: this.view });
    this.show(moment.time);
  }

  /** Without WebGL2. */
  drawOnServer() {
    if (!this.value || this.value.status === "failed") return;
    const { material, seed, size, times } = this.value;
    const { x, y, logIntensity } = this.lamp.light;
    const time = this.wanted ?? times.at(-1);
    this.timeline.setSolved(times[0], times.at(-1));
    this.show(time);
    this.remote.want([material.name, seed, ...size, time, x, y, logIntensity]);
  }

  show(time) {
    this.timeline.show(time);
    for (const [element, name] of [
      [this.canvas, "aria-label"],
      [this.preview, "alt"],
    ]) {
      element.setAttribute(name, `${this.value.material.title} at t = ${spell(time)}`);
    }
  }
}
