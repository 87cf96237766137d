// Reads the files that keyframes/bundle.py writes: the keyframes of one solve together.

/** {seed, size, times, keyframes (a buffer each)} of a file. */
function readBundle(file) {
  const view = new DataView(file);
  if (file.byteLength < 8 || view.getUint32(0) !== 0x4f444542) throw new Error("This is not a file of keyframes.");
  let at = 8 + view.getUint32(4, true);
  const { seed, size, times, lengths } = JSON.parse(new TextDecoder().decode(new Uint8Array(file, 8, at - 8)));
  const keyframes = lengths.map((length) => file.slice(at, (at += length)));
  return { seed, size, times, keyframes };
}

async function fetchBundle(address) {
  const answer = await fetch(address);
  if (!answer.ok) throw new Error(`The keyframes could not be fetched (${answer.status}).`);
  return readBundle(await answer.arrayBuffer());
}

/** Puts a bundle's keyframes into a plate, one after the other, as long as `wanted()`; `added()` is called after each. */
async function fill(plate, { times, keyframes }, wanted, added) {
  const reader = new KeyframeReader(plate.scene);
  const coming = [];
  for (const layer of keyframes.keys()) {
    const ahead = keyframes.slice(layer + coming.length, layer + reader.ahead);
    coming.push(...ahead.map((file) => reader.read(file)));
    const keyframe = await coming.shift();
    if (!wanted()) return reader.stop();
    plate.add(layer, times[layer], keyframe);
    added();
  }
}
