// The age map in requests to the server; app/solving/view_state.py reads it.

/** @import { Ages, Pair } from "../types" */

/**
 * `data` is base64 of the ages as deflated float32 numbers, row by row from the top.
 *
 * @param {{ size: Pair, values: Ages }} map
 */
export async function packAges({ size, values }) {
  const deflated = new Blob([values]).stream().pipeThrough(new CompressionStream("deflate"));
  const bytes = new Uint8Array(await new Response(deflated).arrayBuffer());
  const texts = Array.from({ length: Math.ceil(bytes.length / 2 ** 15) }, (_, part) =>
    String.fromCharCode(...bytes.subarray(part * 2 ** 15, (part + 1) * 2 ** 15)),
  );
  return { size, data: btoa(texts.join("")) };
}
