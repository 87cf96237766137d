// Reads the files that keyframes.py writes.

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
