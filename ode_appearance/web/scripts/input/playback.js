// What moves by itself: time while it plays, lights that orbit.

const PLAY_SECONDS = 8; // in which the exemplar's span is played, at speed 1

class Playback {
  /** `stage.reach` are the times that can be looked at, `stage.shown` is the plate that is (see canvas-view.js). */
  constructor(store, stage) {
    Object.assign(this, { store, stage, direction: 1, before: null });
    store.listen(() => this.wake());
  }

  get moving() {
    const { view, scene } = this.store;
    return Boolean(scene) && (view.playing || view.lights.some((light) => light.orbit));
  }

  wake() {
    if (this.frame || !this.moving) return;
    this.before = null;
    this.frame = requestAnimationFrame((now) => this.tick(now));
  }

  tick(now) {
    this.frame = null;
    const seconds = this.before === null ? 0 : Math.min(now - this.before, 100) / 1000;
    const { view, scene } = this.store;
    if (!this.moving) return;
    const changes = {};
    if (view.playing) changes.time = this.later(seconds * view.speed * (scene.material.duration / PLAY_SECONDS));
    if (view.lights.some((light) => light.orbit)) changes.lights = orbited(view.lights, seconds, scene.halfWidth);
    this.before = now;
    this.frame = "to come"; // nothing wakes it meanwhile
    this.store.set(changes);
    // After the stage has asked for its frame: were it before, the next change would find that one not drawn yet.
    this.frame = requestAnimationFrame((next) => this.tick(next));
  }

  /** The model time `length` on: at an end it turns, or starts again; the noise of the warm-up is seen the first time only. */
  later(length) {
    const { first, last } = this.stage.reach;
    const start = last > 0 ? Math.max(first, 0) : first;
    const { time, pingPong } = this.store.view;
    const now = time ?? last;
    if (!pingPong) {
      this.direction = 1;
      return now >= last ? start : Math.min(now + length, last);
    }
    if (now >= last) this.direction = -1;
    else if (now <= start && this.direction < 0) this.direction = 1;
    return clamp(now + this.direction * length, this.direction < 0 ? start : first, last);
  }

  toggle() {
    if (this.store.view.playing) this.pause();
    else this.play();
  }

  play() {
    const { first, last } = this.stage.reach;
    if (first < last) this.store.set({ playing: true });
  }

  pause() {
    this.store.set({ playing: false });
  }

  /** Some keyframes on or back. */
  step(frames) {
    const known = this.stage.shown?.moments;
    if (!known) return;
    this.store.set({ playing: false, time: known.step(known.at(this.store.view.time ?? known.last).time, frames) });
  }

  /** To the start (-1) or the end (1) of what is solved. */
  jump(end) {
    const { first, last } = this.stage.reach;
    if (first !== undefined) this.store.set({ playing: false, time: end < 0 ? first : last });
  }
}
