// Reads the files that keyframes/codec.py writes.

const INFLATED_BYTES = 2 ** 25; // of files that are inflated before it is their turn

/** Reads the keyframe files of a scene one after the other, for each holds differences from the one before. Those that follow
 *  are inflated beforehand: each takes several turns of the page's loop, which may be busy. */
class KeyframeReader {
  constructor({ size, material }) {
    const bytes = size[0] * size[1] * (material.brdf === "rgb" ? 4 : 16);
    this.ahead = Math.max(2, Math.floor(INFLATED_BYTES / bytes));
    this.latest = [];
    this.stopped = false;
  }

  /** Resolves to what `decodeKeyframe` makes of a file, which may still be on its way. */
  read(file) {
    const oldest = this.latest.length < this.ahead ? null : this.latest[0];
    const inflated = Promise.all([file, oldest]).then(([bytes]) => this.going(inflate, bytes));
    const keyframe = Promise.all([inflated, this.latest.at(-1)]).then((both) => this.going(decodeKeyframe, ...both));
    keyframe.catch(() => {}); // it is said where the keyframe is waited for, if anywhere
    this.latest = [...this.latest.slice(1 - this.ahead), keyframe];
    return keyframe;
  }

  /** Nothing more is read. */
  stop() {
    this.stopped = true;
  }

  going(read, ...given) {
    if (this.stopped) throw new Error("These keyframes are no longer wanted.");
    return read(...given);
  }
}

function inflate(file) {
  const inflating = new DecompressionStream("deflate");
  const writer = inflating.writable.getWriter();
  writer.write(file).catch(() => {}); // what is wrong with it is said where it is read
  writer.close().catch(() => {});
  return new Response(inflating.readable).arrayBuffer();
}

/** {size, heights: {scale, low, high}, planes} of an inflated file, given those of the one sent before it. */
function decodeKeyframe(buffer, before) {
  const header = new DataView(buffer);
  if (header.getUint32(0) !== 0x4f44454b || header.getUint8(4) !== 1)
    throw new Error("This is not a keyframe of this version.");
  const size = [header.getUint32(8, true), header.getUint32(12, true)];
  const pixels = size[0] * size[1];
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
  return { size, heights: { scale, low, high }, planes };
}
