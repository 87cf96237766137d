// The keyframe files of one solve: fetched at once, decoded in turn, and kept for a graphics card that forgets.

class Arrivals {
  /** `receive(layer, time, keyframe)` is called for every keyframe of a scene in order, `fail(error)` for one that is missing. */
  constructor(scene, receive, fail) {
    const reader = new KeyframeReader(scene);
    Object.assign(this, { scene, receive, fail, reader, files: [], turn: 0, abort: new AbortController() });
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
    this.reader.stop();
    this.reader = new KeyframeReader(this.scene);
    this.files.forEach((_, layer) => this.append(layer));
  }

  /** Nothing more is handed out. */
  cancel() {
    this.turn++;
    this.reader.stop();
    this.abort.abort();
  }

  append(layer) {
    const turn = this.turn;
    const { time, bytes } = this.files[layer];
    this.reader.read(bytes).then(
      (keyframe) => turn === this.turn && this.receive(layer, time, keyframe),
      (error) => turn === this.turn && this.fail(error),
    );
  }
}
