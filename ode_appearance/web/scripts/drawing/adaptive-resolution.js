// Adaptive resolution: on a slow computer, motion is drawn with fewer pixels, and in full resolution as soon as it stops.

const SLOW_FRAME = 34; // milliseconds: fewer than 30 frames a second
const SLOW_FRAMES = 4; // in a row, because a single one may be slow for other reasons
const IDLE = 180; // milliseconds without a frame
const REDUCED_SCALE = 0.5; // of width and height

export class AdaptiveResolution {
  reduced = false;
  /** Slow frames in a row, up to SLOW_FRAMES. */
  slowFrames = 0;
  lastRequest = -Infinity;
  lastFrame = -Infinity;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  timer;

  /**
   * @param {() => void} onRestored called when motion has stopped and the resolution is full again
   * @param {() => number} [now] clock in milliseconds
   */
  constructor(onRestored, now = () => performance.now()) {
    this.onRestored = onRestored;
    this.now = now;
  }

  /** To be called when a frame is requested. */
  frameRequested() {
    this.lastRequest = this.now();
    clearTimeout(this.timer);
  }

  /** To be called for each frame; returns the scale to draw it with. */
  frameStarted() {
    const now = this.now();
    const spent = now - this.lastFrame;
    const moving = this.lastRequest - this.lastFrame < IDLE; // requested soon after the last one, however late it comes
    this.lastFrame = now;
    if (moving)
      this.slowFrames = spent > SLOW_FRAME ? Math.min(this.slowFrames + 1, SLOW_FRAMES) : Math.max(this.slowFrames - 0.2, 0);
    // A computer known to be slow gets the reduced resolution from a motion's second frame on: the first may be the only one.
    this.reduced = this.reduced ? this.slowFrames > 0 : moving && this.slowFrames >= SLOW_FRAMES;
    clearTimeout(this.timer);
    if (this.reduced) this.timer = setTimeout(() => this.restore(), IDLE);
    return this.scale;
  }

  get scale() {
    return this.reduced ? REDUCED_SCALE : 1;
  }

  /** Returns to full resolution now. */
  restore() {
    clearTimeout(this.timer);
    if (!this.reduced) return;
    this.reduced = false;
    this.onRestored();
  }
}
