// Links: the solve and the view as parameters after the "#" of the page's address. This file reads what concerns the server.

/**
 * The numbers of a parameter; other texts are left out.
 *
 * @param {string | null} text
 * @returns {number[]}
 */
export const parseNumbers = (text, separator = ",") =>
  (text ?? "")
    .split(separator)
    .filter((part) => part.trim() !== "")
    .map(Number)
    .filter(Number.isFinite);

/**
 * The fields of the solve that a link asks the server for; without those that are missing or not a number.
 *
 * @param {string} hash
 * @returns {{ material?: string, seed?: number, start_kind?: string, width?: number, height?: number, start?: number,
 *   end?: number, count?: number, quality?: string, method?: string, stepping?: string, tolerance?: number, step?: number }}
 */
export function parseSolve(hash) {
  const given = new URLSearchParams(hash.slice(1));
  const [width, height] = parseNumbers(given.get("size"), "x");
  const [start, end] = parseNumbers(given.get("range"));
  const [seed] = parseNumbers(given.get("seed"));
  const [count] = parseNumbers(given.get("keyframes"));
  const [tolerance] = parseNumbers(given.get("tolerance"));
  const [step] = parseNumbers(given.get("step"));
  const method = given.get("solver");
  const stepping = method && (step === undefined ? "adaptive" : "fixed");
  const solver = { method, stepping, tolerance, step };
  const [material, quality, start_kind] = ["material", "quality", "start"].map((name) => given.get(name));
  const all = { material, seed, start_kind, width, height, start, end, count, quality, ...solver };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== undefined));
}
