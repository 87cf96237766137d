// Decodes the files that keyframes/codec.py writes.

/** @import { Keyframe, Scene } from "../types" */

const INFLATED_BYTES = 2 ** 25; // limit of the files that are inflated ahead of their turn

/**
 * Decodes the keyframe files of a scene one after the other, because each holds differences from the one before. Those that
 * follow are inflated ahead: each takes several turns of the page's event loop, which may be busy.
 */
export class KeyframeDecoder {
  /** @type {Promise<Keyframe>[]} */
  latest = [];
  stopped = false;

  /** @param {Pick<Scene, "size" | "material">} scene */
  constructor({ size, material }) {
    const bytes = size[0] * size[1] * (material.brdf === "rgb" ? 4 : 16);
    this.ahead = Math.max(2, Math.floor(INFLATED_BYTES / bytes));
  }

  /**
   * Resolves to the keyframe of the next file, which may still be on its way.
   *
   * @param {ArrayBuffer | Promise<ArrayBuffer>} file
   */
  decode(file) {
    const oldest = this.latest.length < this.ahead ? null : this.latest[0];
    const inflated = Promise.all([file, oldest]).then(([bytes]) => {
      this.check();
      return inflate(bytes);
    });
    const keyframe = Promise.all([inflated, this.latest.at(-1)]).then(([bytes, before]) => {
      this.check();
      return decodeKeyframe(bytes, before);
    });
    keyframe.catch(() => {}); // reported where the keyframe is awaited, if anywhere
    this.latest = [...this.latest.slice(1 - this.ahead), keyframe];
    return keyframe;
  }

  /** Files that are still to be decoded are dropped: their promises reject. */
  stop() {
    this.stopped = true;
  }

  check() {
    if (this.stopped) throw new Error("Decoding was stopped.");
  }
}

/**
 * @param {ArrayBuffer} file
 * @returns {Promise<ArrayBuffer>}
 */
export function inflate(file) {
  const inflating = new DecompressionStream("deflate");
  const writer = inflating.writable.getWriter();
  writer.write(new Uint8Array(file)).catch(() => {}); // errors are reported where the stream is read
  writer.close().catch(() => {});
  return new Response(inflating.readable).arrayBuffer();
}

/**
 * The keyframe in an inflated file, given the one that was sent before it.
 *
 * @param {ArrayBuffer} buffer
 * @param {Keyframe | undefined} before
 * @returns {Keyframe}
 */
export function decodeKeyframe(buffer, before) {
  const header = new DataView(buffer);
  if (header.getUint32(0) !== 0x4f44454b || header.getUint8(4) !== 1)
    throw new Error("This is not a keyframe file of format version 1.");
  const [width, height] = [header.getUint32(8, true), header.getUint32(12, true)];
  const pixels = width * height;
  const differences = new Uint8Array(buffer, 28);
  const planes = Array.from({ length: header.getUint8(5) }, (_, plane) => {
    const texels = before ? before.planes[plane].slice() : new Uint8Array(4 * pixels);
    for (let component = 0; component < 4; component++) {
      const start = (4 * plane + component) * pixels;
      for (let i = 0; i < pixels; i++) texels[4 * i + component] += differences[start + i];
    }
    return texels;
  });
  const [scale, low, high] = [16, 20, 24].map((at) => header.getFloat32(at, true));
  return { size: [width, height], heights: { scale, low, high }, planes };
}
