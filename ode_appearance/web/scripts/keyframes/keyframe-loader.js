// The keyframe files of one solve: fetched at once, decoded in order, and kept for the case of a lost graphics context.

import { KeyframeDecoder } from "./keyframe-decoder.js";

/** @import { Keyframe, Scene } from "../types" */

export class KeyframeLoader {
  /** @type {{ time: number, bytes: Promise<ArrayBuffer> }[]} */
  files = [];
  generation = 0;
  abort = new AbortController();

  /**
   * @param {Scene} scene
   * @param {(layer: number, time: number, keyframe: Keyframe) => void} onKeyframe called in order
   * @param {(error: Error) => void} onError
   */
  constructor(scene, onKeyframe, onError) {
    this.scene = scene;
    this.onKeyframe = onKeyframe;
    this.onError = onError;
    this.decoder = new KeyframeDecoder(scene);
  }

  /** Number of files requested so far. */
  get requested() {
    return this.files.length;
  }

  /**
   * @param {number} time
   * @param {string} address
   */
  request(time, address) {
    if (this.abort.signal.aborted) return;
    const bytes = fetch(address, { signal: this.abort.signal }).then((response) => {
      if (!response.ok) throw new Error(`A keyframe could not be fetched (HTTP status ${response.status}).`);
      return response.arrayBuffer();
    });
    bytes.catch(() => {}); // reported where it is awaited
    this.files.push({ time, bytes });
    this.decode(this.files.length - 1);
  }

  /** Decodes all files again. */
  replay() {
    this.generation++;
    this.decoder.stop();
    this.decoder = new KeyframeDecoder(this.scene);
    this.files.forEach((_, layer) => this.decode(layer));
  }

  /** Nothing more is fetched or passed on. */
  cancel() {
    this.generation++;
    this.decoder.stop();
    this.abort.abort();
  }

  /** @param {number} layer */
  decode(layer) {
    const { generation } = this;
    const { time, bytes } = this.files[layer];
    this.decoder.decode(bytes).then(
      (keyframe) => generation === this.generation && this.onKeyframe(layer, time, keyframe),
      (error) => generation === this.generation && this.onError(error),
    );
  }
}
