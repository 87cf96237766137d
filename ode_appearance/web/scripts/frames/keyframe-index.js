// Which keyframes are there, and which of them lie around a moment.

/** Keyframes by time; they may arrive in any order. */
class Moments {
  constructor() {
    this.known = [];
    this.table = new Float32Array();
  }

  /** `layer` is where the keyframe of model time `time` lies in the textures; `heights` are the decoded ones. */
  add(time, layer, heights) {
    const later = this.known.findIndex((moment) => moment.time > time);
    this.known.splice(later < 0 ? this.known.length : later, 0, { time, layer, heights });
    // (time, layer, height scale, 0) of every keyframe, for the shader
    this.table = new Float32Array(this.known.flatMap((known) => [known.time, known.layer, known.heights.scale, 0]));
  }

  /** The known time that lies `frames` keyframes after `time` (before, where it is negative), or the outermost one. */
  step(time, frames) {
    const times = this.known.map((moment) => moment.time);
    const here = frames > 0 ? times.findLastIndex((known) => known <= time) : times.findIndex((known) => known >= time);
    return times[clamp(here + frames, 0, times.length - 1)];
  }

  get first() {
    return this.known[0]?.time;
  }

  get last() {
    return this.known.at(-1)?.time;
  }

  /** What the renderer needs for model time `time`, clamped to what is known. */
  at(time) {
    const clamped = Math.min(Math.max(time, this.first), this.last);
    const after = Math.max(
      this.known.findIndex((moment) => moment.time >= clamped),
      0,
    );
    const b = this.known[after];
    const a = this.known[Math.max(after - 1, 0)];
    const blend = b.time > a.time ? (clamped - a.time) / (b.time - a.time) : 1;
    const between = (name) => a.heights[name] * (1 - blend) + b.heights[name] * blend;
    return {
      time: clamped,
      table: this.table,
      layers: [a.layer, b.layer],
      blend,
      heights: { scale: [a.heights.scale, b.heights.scale], shown: [between("low"), between("high")] },
    };
  }
}
