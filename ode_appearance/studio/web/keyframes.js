// Reads the files that keyframes.py writes, and finds the two keyframes around a moment.

/** {size, heights: {scale, low, high}, planes} of a file, given those of the one sent before it (or null). */
async function decodeKeyframe(file, before) {
  const inflated = new Blob([file]).stream().pipeThrough(new DecompressionStream("deflate"));
  const buffer = await new Response(inflated).arrayBuffer();
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

/** Which keyframes are there, by time; they may arrive in any order. */
class Moments {
  constructor() {
    this.known = [];
  }

  /** `layer` is where the keyframe of model time `time` lies in the textures; `heights` are the decoded ones. */
  add(time, layer, heights) {
    const later = this.known.findIndex((moment) => moment.time > time);
    this.known.splice(later < 0 ? this.known.length : later, 0, { time, layer, heights });
  }

  get first() {
    return this.known[0]?.time;
  }

  get last() {
    return this.known.at(-1)?.time;
  }

  /** What the renderer needs for model time `time`, clamped to what is known: {time, layers, blend, heights}. */
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
      layers: [a.layer, b.layer],
      blend,
      heights: { scale: [a.heights.scale, b.heights.scale], shown: [between("low"), between("high")] },
    };
  }
}
