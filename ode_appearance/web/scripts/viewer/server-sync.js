// What arrives from the server: which material is solved and how far, and its keyframes.

const FIRST_SEEN = 0.75; // of the span, where it need not be waited for

class Delivery {
  constructor({ root, store, stage, timeline, playback, painter, address, say, opening }) {
    Object.assign(this, { root, store, stage, timeline, playback, painter, address, say, opening, run: -1 });
    this.title = make("h2", { class: "ode-title" });
    this.kind = make("p", { class: "ode-kind" });
    this.status = make("p", { class: "ode-status", role: "status" });
    this.stopping = make("button", { type: "button", class: "ode-button ode-stop", text: "Stop", hidden: true });
    stage.notify({
      drawn: (time) => this.drawn(time),
      allocated: () => painter.fit(store.scene.size),
      restored: () => this.restore(),
    });
    document.addEventListener("ode-pick", (event) => this.picked(event.detail));
    document.addEventListener("ode-open", () => (this.wanted = null));
  }

  /** A new value; of an earlier run, or of a material that was picked before the last one, it is out of date and ignored. */
  update(value) {
    if (!value || value.run < this.run) return;
    if (!value.material) {
      this.wanted = null;
      return this.say(value.message);
    }
    if (this.wanted && value.material.name !== this.wanted) return;
    if (value.status === "asked" && this.address.leadsElsewhere(value.material.name)) return this.openLinked();
    if (value.status === "asked" && !this.expects(value)) return;
    if (value.status !== "asked") this.wanted = null;
    if (value.run > this.run) this.begin(value);
    this.value = value;
    // Not every keyframe is read out.
    this.status.setAttribute("aria-live", value.status === "solving" ? "off" : "polite");
    this.status.textContent = value.text;
    this.root.dataset.status = value.status;
    this.stopping.hidden = !["waiting", "solving"].includes(value.status);
    this.say(value.message ?? this.trouble ?? this.stage.shortcoming);
    if (this.stage.renderer)
      value.keyframes.slice(this.arrivals.asked).forEach(({ time, file }) => this.arrivals.ask(time, file.url));
    else this.store.setScene({ ...this.store.scene, failed: value.status === "failed" });
  }

  /** The page was opened with a link to another material than the one it came with: what is baked of that one is shown. */
  async openLinked() {
    const { material } = linkedSolve(this.address.first);
    if (!this.opening || this.linked === material) return;
    this.linked = material;
    try {
      const value = await this.opening(material);
      if (value && this.run < 0 && !this.wanted) this.update(value);
    } catch {
      // The answer to the link itself is on its way, or says what is wrong.
    }
  }

  /** Whether what is baked of a material is to be shown before the server has answered. */
  expects({ baked }) {
    return baked && this.stage.renderer;
  }

  begin(value) {
    const { material, size, times, seed, solver, start } = value;
    const provisional = value.status === "asked";
    const another = material.name !== this.store.scene?.material.name;
    const { half_width: halfWidth, distance } = material;
    const scene = { material, size, times, seed, solver, start, halfWidth, distance, provisional };
    this.arrivals?.cancel();
    this.arrivals = new Arrivals(
      scene,
      (...arrived) => this.receive(...arrived),
      (error) => this.fail(error),
    );
    Object.assign(this, { run: value.run, value, trouble: null });
    this.title.textContent = material.title;
    this.kind.textContent = material.label;
    if (!this.stage.gone) this.stage.renderer?.prepare(material.brdf);
    this.stage.begin(times.length, !another);
    this.timeline.setRange(times[0], times.at(-1), material);
    this.playback.pause();
    if (another) this.greet({ ...scene, origin: ownLight(material) }, value);
    else this.store.setScene({ ...scene, origin: this.store.scene.origin });
  }

  /** Another material: well into its span where keyframes of it are baked, else as far as it is solved; under its own light,
   *  with nothing painted on it, or as a link says. */
  greet(scene, { preview, baked }) {
    const { material, origin } = scene;
    const { view } = this.store;
    this.painter.forget();
    this.stage.showPreview(preview?.url);
    this.store.scene = scene;
    const drafted = baked && this.stage.renderer;
    if (drafted) this.showBaked(baked.url, scene);
    this.store.set({
      time: drafted ? clamp(FIRST_SEEN * material.duration, scene.times[0], scene.times.at(-1)) : null,
      channel: "lit",
      ...(view.second === "kept" ? {} : { second: null }),
      lights: [origin],
      selected: 0,
      brush: { ...view.brush, by: view.tool === "paint" ? usualAge(null, scene) : 0 },
      tool: view.tool === "paint" ? "paint" : material.brdf === "rgb" ? "move" : "light",
      ...this.address.take(scene),
    });
  }

  async showBaked(address, scene) {
    try {
      const bundle = await fetchBundle(address);
      if (this.store.scene.material.name !== scene.material.name) return;
      const label = `Preview, ${bundle.size.join("×")}, seed ${bundle.seed}`;
      await this.stage.showDraft(bundle, scene, label);
    } catch {
      // It is solved in any case.
    }
  }

  receive(layer, time, keyframe) {
    if (this.stage.gone) return;
    try {
      this.stage.receive(layer, time, keyframe);
    } catch (error) {
      return this.fail(error);
    }
    this.showSolved();
  }

  showSolved() {
    const { first, last } = this.stage.live?.moments ?? {};
    this.timeline.setSolved(first ?? null, last ?? null, this.stage.reach);
  }

  /** Keyframes cannot be fetched or shown: that is said until another solve begins. */
  fail(error) {
    this.arrivals.cancel();
    this.trouble = error.message;
    this.say(this.trouble);
  }

  /** The graphics card has forgotten everything: it is filled anew, from the files that were kept. */
  restore() {
    this.stage.begin(this.stage.layers, true);
    this.say(this.value?.message);
    this.arrivals?.replay();
  }

  drawn(time) {
    const [first, last] = [this.value.times[0], this.value.times.at(-1)];
    if (this.stage.renderer) this.showSolved();
    else this.timeline.setSolved(first, last, { first, last });
    this.timeline.show(time);
  }

  /** A material was picked in the gallery: what is baked of it is here at once, or its preview; what was solved before is out
   *  of date. */
  picked({ name, title, preview, opening }) {
    this.wanted = name;
    this.arrivals?.cancel();
    this.playback.pause();
    this.say(null);
    if (opening && this.expects(opening)) {
      const { seed, size } = this.store.scene ?? opening;
      this.run = Math.floor(this.run);
      this.update({ ...opening, run: this.run + 0.5, seed, size }); // later than what was asked before, not than the answer
      return;
    }
    this.title.textContent = title;
    this.kind.textContent = this.status.textContent = "";
    this.stage.showPreview(preview?.url);
  }
}

/** The light that a material was captured under. A texture has none: under this one a solid's front is as bright as it is. */
function ownLight({ brdf, distance, light: [x, y, logIntensity] }) {
  return newLight({ x, y, logIntensity: brdf === "rgb" ? Math.log(Math.PI * distance ** 2) : logIntensity });
}
