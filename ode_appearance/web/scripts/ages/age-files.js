// The age map as a grey picture: 128 is the slider's time, 255 one span of the exemplar ahead, 1 one behind.

const GREY = 127; // levels to a span

/** A PNG of an age map. */
async function exportAges({ size, values }, duration) {
  const canvas = make("canvas", { width: size[0], height: size[1] });
  const context = canvas.getContext("2d");
  const picture = context.createImageData(...size);
  values.forEach((age, at) => {
    picture.data.fill(clamp(128 + Math.round((age / duration) * GREY), 0, 255), 4 * at, 4 * at + 3);
    picture.data[4 * at + 3] = 255;
  });
  context.putImageData(picture, 0, 0);
  return new Promise((done) => canvas.toBlob(done, "image/png"));
}

/** The ages in a picture of any size, for a map of `size`; what is transparent stays at the slider's time. */
async function importAges(file, size, duration) {
  const bitmap = await createImageBitmap(file, { resizeWidth: size[0], resizeHeight: size[1], resizeQuality: "high" });
  const context = make("canvas", { width: size[0], height: size[1] }).getContext("2d");
  context.fillStyle = "rgb(128, 128, 128)";
  context.fillRect(0, 0, ...size);
  context.drawImage(bitmap, 0, 0);
  const { data } = context.getImageData(0, 0, ...size);
  return Float32Array.from({ length: size[0] * size[1] }, (_, at) => {
    const grey = (data[4 * at] + data[4 * at + 1] + data[4 * at + 2]) / 3;
    return ((grey - 128) / GREY) * duration;
  });
}

function download(blob, name) {
  const address = URL.createObjectURL(blob);
  make("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
