// Numbers back from the graphics card.

/** The flat, untiled state of a part, at its own size: RGBA bytes, top row first. */
function readState(renderer, part, view) {
  const { gl } = renderer;
  const { size } = part.plate.scene;
  renderer.shade(part, { ...view, ...UNCHANGED_VIEW });
  const pixels = new Uint8Array(4 * size[0] * size[1]);
  gl.readPixels(0, 0, ...size, gl.RGBA, gl.UNSIGNED_BYTE, pixels);
  return pixels;
}

/** The twelve numbers that maps.glsl writes for a texel of a part. */
function readMaps(renderer, part, texel) {
  const { gl } = renderer;
  const [, type, Numbers, scale] = renderer.graphics.fine;
  renderer.mapsOf(part, texel);
  return [0, 1, 2].flatMap((index) => {
    const four = new Numbers(4);
    gl.readBuffer(gl.COLOR_ATTACHMENT0 + index);
    gl.readPixels(0, 0, 1, 1, gl.RGBA, type, four);
    return Array.from(four, (value) => value / scale);
  });
}

/** What is on the canvas at a pixel, counted from its top left, right after it was drawn: RGBA bytes. */
function readCanvas({ gl, canvas }, x, y) {
  const four = new Uint8Array(4);
  gl.bindFramebuffer(gl.FRAMEBUFFER, null);
  gl.readPixels(x, canvas.height - 1 - y, 1, 1, gl.RGBA, gl.UNSIGNED_BYTE, four);
  return four;
}
