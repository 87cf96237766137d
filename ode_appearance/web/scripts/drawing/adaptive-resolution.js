// On a computer that draws slowly, what moves is drawn with fewer pixels, and sharp again as soon as it rests.

const SLOW_FRAME = 34; // milliseconds: fewer than 30 frames a second
const SLOW_FRAMES = 4; // so many in a row, for one may be slow for other reasons
const REST = 180; // milliseconds without a frame
const COARSE = 0.5; // share of the width and height

class Pace {
  /** `rested()` is called when nothing moves any more after it was drawn with fewer pixels. */
  constructor(rested) {
    this.rested = rested;
    this.asked = this.last = -Infinity;
    this.slow = 0;
    this.coarse = false;
  }

  /** To be called where a frame is asked for. */
  ask() {
    this.asked = performance.now();
    clearTimeout(this.timer);
  }

  /** To be called for each frame: the share of pixels to draw it with. */
  frame() {
    const now = performance.now();
    const spent = now - this.last;
    const moving = this.asked - this.last < REST; // it was asked for soon after the last one, however late it comes
    this.last = now;
    if (moving) this.slow = spent > SLOW_FRAME ? Math.min(this.slow + 1, SLOW_FRAMES) : Math.max(this.slow - 0.2, 0);
    // A computer that was slow is, from the second frame of a movement on: the first may be the only one.
    this.coarse = this.coarse ? this.slow > 0 : moving && this.slow >= SLOW_FRAMES;
    clearTimeout(this.timer);
    if (this.coarse) this.timer = setTimeout(() => this.rest(), REST);
    return this.share;
  }

  get share() {
    return this.coarse ? COARSE : 1;
  }

  /** Sharp from now on. */
  rest() {
    clearTimeout(this.timer);
    if (!this.coarse) return;
    this.coarse = false;
    this.rested();
  }
}
