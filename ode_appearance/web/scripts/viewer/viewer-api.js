// The viewer's API for scripts: `element.odeViewer` of its container.
//
//   state                what is shown (see `get state`)
//   times                model times of the keyframes that are there, ascending
//   setTime(t)           shows model time t, or the nearest time that is solved so far; null follows the solve
//   setLight(x, y, log)  moves the selected light (an SVBRDF only)
//   setView(name)        "lit", "diffuse", "normal", ...: what the material has of them
//   set(changes)         changes anything of the view (see newView in store.js)
//   setAges(values)      paints: model time ahead for every texel, row by row from the top; null for none
//   packAges()           resolves to what is painted as text (see packed-ages.js), or null
//   play(), pause()      moves through what is solved
//   readPixels()         {width, height, data}: RGBA bytes of the flat picture at the size of the state, top row first, or null
//   update(value)        takes what app/components/viewer.py describes

class ViewerApi {
  constructor({ store, stage, timeline, playback, painter, delivery }) {
    Object.assign(this, { store, stage, timeline, playback, painter, delivery });
  }

  get renderer() {
    return this.stage.renderer;
  }

  get moments() {
    return this.stage.live?.moments ?? new Moments();
  }

  update(value) {
    this.delivery.update(value);
  }

  get state() {
    const { view, scene } = this.store;
    const { known, first, last } = this.moments;
    const { shown, draft } = this.stage;
    return {
      ...view,
      run: this.delivery.run,
      material: scene?.material.name,
      status: this.delivery.value?.status,
      size: scene?.size,
      view: view.channel,
      light: { ...view.lights[view.selected] },
      following: view.time === null,
      time: this.timeline.time,
      solved: known.length ? [first, last] : null,
      keyframes: known.length,
      draft: Boolean(draft) && shown === draft,
      planned: this.delivery.value?.times.length ?? 0,
      webgl: Boolean(this.renderer),
      sharp: !this.stage.pace.coarse,
    };
  }

  get times() {
    return this.moments.known.map((moment) => moment.time);
  }

  set(changes) {
    this.store.set(changes);
  }

  setTime(time) {
    this.store.set({ time });
  }

  setLight(x, y, logIntensity) {
    this.store.setLight(bounded({ ...this.state.light, x, y, logIntensity }));
  }

  setView(channel) {
    this.store.set({ channel });
  }

  setAges(values) {
    if (values) this.painter.replace(Float32Array.from(values));
    else this.painter.clear();
  }

  async packAges() {
    return this.store.view.painted ? packAges(this.painter.map) : null;
  }

  play() {
    this.playback.play();
  }

  pause() {
    this.playback.pause();
  }

  readPixels() {
    const { stage, store } = this;
    if (!stage.ready) return null;
    stage.draw();
    const [part] = stage.parts;
    const [width, height] = part.plate.scene.size;
    return { width, height, data: readState(this.renderer, part, store.view) };
  }
}
