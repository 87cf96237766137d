// The keyframe files of one solve: fetched at once, decoded in turn, and kept for a graphics card that forgets.

class Arrivals {
  /** `receive(layer, time, keyframe)` is called for every keyframe in order, `fail(error)` for one that is missing. */
  constructor(receive, fail) {
    Object.assign(this, {
      receive,
      fail,
      files: [],
      turn: 0,
      decoded: Promise.resolve(null),
      abort: new AbortController(),
    });
  }

  /** How many files were asked for. */
  get asked() {
    return this.files.length;
  }

  /** Fetch the keyframe of a time. */
  ask(time, address) {
    if (this.abort.signal.aborted) return;
    const bytes = fetch(address, { signal: this.abort.signal }).then((answer) => {
      if (!answer.ok) throw new Error(`A keyframe could not be fetched (${answer.status}).`);
      return answer.arrayBuffer();
    });
    bytes.catch(() => {}); // it is reported where it is waited for
    this.files.push({ time, bytes });
    this.append(this.files.length - 1);
  }

  /** Hand everything out again. */
  replay() {
    this.turn++;
    this.decoded = Promise.resolve(null);
    this.files.forEach((_, layer) => this.append(layer));
  }

  /** Nothing more is handed out. */
  cancel() {
    this.turn++;
    this.abort.abort();
  }

  /** A file holds differences from the one before, so each waits for its predecessor. */
  append(layer) {
    const turn = this.turn;
    const { time, bytes } = this.files[layer];
    this.decoded = this.decoded.then(async (before) => {
      const keyframe = await decodeKeyframe(await bytes, before);
      if (turn === this.turn) this.receive(layer, time, keyframe);
      return keyframe;
    });
    this.decoded.catch((error) => {
      if (turn === this.turn) this.fail(error);
    });
  }
}
