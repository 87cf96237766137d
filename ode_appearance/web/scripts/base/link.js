// What one sees, as the part of the page's address after "#", and back. What is painted does not fit into it: it is exported.

/** {material, seed, start_kind, width, height, start, end, count, quality, method, stepping, tolerance, step}: what the server is asked for;
 *  what is missing or no number is left out. */
function linkedSolve(hash) {
  const given = new URLSearchParams(hash.slice(1));
  const [width, height] = numbers(given.get("size"), "x");
  const [start, end] = numbers(given.get("range"));
  const [seed] = numbers(given.get("seed"));
  const [count] = numbers(given.get("keyframes"));
  const [tolerance] = numbers(given.get("tolerance"));
  const [step] = numbers(given.get("step"));
  const method = given.get("solver");
  const stepping = method && (step === undefined ? "adaptive" : "fixed");
  const solver = { method, stepping, tolerance, step };
  const [material, quality, start_kind] = ["material", "quality", "start"].map((name) => given.get(name));
  const all = { material, seed, start_kind, width, height, start, end, count, quality, ...solver };
  return Object.fromEntries(Object.entries(all).filter(([, value]) => value !== null && value !== undefined));
}

/** Changes of the view for `Store.set`. */
function linkedView(hash, { material, halfWidth }) {
  const given = new URLSearchParams(hash.slice(1));
  const known = (channel) => material.views.some(([name]) => name === channel);
  const isExemplar = (second) => second === "exemplar" && material.exemplar;
  const oneOf = (name, choices) => (choices.includes(given.get(name)) ? { [name]: given.get(name) } : {});
  const pair = (name, read, default_) => {
    const values = numbers(given.get(name), name === "tiles" ? "x" : ",");
    return values.length === 2 ? { [name]: values.map(read) } : default_;
  };
  const single = (name, least, most) => {
    const [value] = numbers(given.get(name));
    return value === undefined ? {} : { [name]: clamp(value, least, most) };
  };
  const lights = given.getAll("light").slice(0, MOST_LIGHTS).map(linkedLight);
  return {
    ...single("time", -1e5, 1e5),
    ...(known(given.get("channel")) ? { channel: given.get("channel") } : {}),
    ...(known(given.get("second")) || isExemplar(given.get("second")) ? { second: given.get("second") } : {}),
    ...single("divider", 0, 1),
    ...single("exposure", -4, 4),
    ...single("zoom", 1, MOST_ZOOM),
    ...(lights.length ? { lights } : {}),
    ...oneOf(
      "surface",
      SURFACES.map(([name]) => name),
    ),
    ...pair("tiles", (count) => clamp(Math.round(count), 1, MOST_TILES), {}),
    ...pair("centre", (at) => clamp(at, 0, 1), {}),
    ...pair("turn", (angle) => clamp(angle, -7, 7), {}),
    ...(given.has("exact") ? { exact: true } : {}),
    ...(given.has("beside") ? { beside: true } : {}),
  };
}

function linkedLight(text) {
  const [kind, x, y, height, logIntensity, colour, orbit] = text.split(",");
  const number = (given, least, most, usual) =>
    Number.isFinite(Number(given)) ? clamp(Number(given), least, most) : usual;
  return bounded(
    newLight({
      kind: kind === "directional" ? kind : "point",
      x: number(x, -1, 1, 0),
      y: number(y, -1, 1, 0),
      height: number(height, 0, 2, 1),
      logIntensity: number(logIntensity, -3, 3, 0),
      colour: /^[0-9a-f]{6}$/.test(colour) ? `#${colour}` : "#ffffff",
      orbit: number(orbit, 0, 1, 0),
    }),
  );
}

/** The inverse: what differs from what is seen without a link. */
function linkOf(view, { material, seed, size, times, solver, start, origin }) {
  const brief = (value) => String(Number(value.toFixed(3)));
  if (view.second === "kept") view = { ...view, second: null }; // it is on this page only
  const parts = [
    ["material", encodeURIComponent(material.name)],
    ["seed", seed],
    ["size", size.join("x")],
    ["range", [times[0], times.at(-1)].map(brief).join(",")],
  ];
  if (start) parts.push(["start", start]);
  if (solver) {
    const steps = solver.stepping === "fixed" ? "step" : "tolerance";
    parts.push(["solver", solver.method], [steps, solver[steps]], ["keyframes", times.length], ["quality", solver.quality]);
  }
  const usual = newView();
  const add = (name, text) => text !== undefined && parts.push([name, text]);
  if (view.time !== null) add("time", brief(view.time));
  for (const name of ["channel", "second", "surface"]) if (view[name] !== usual[name]) add(name, view[name]);
  for (const name of ["exposure", "zoom"]) if (view[name] !== usual[name]) add(name, brief(view[name]));
  if (view.second) add("divider", brief(view.divider));
  if (String(view.tiles) !== "1,1") add("tiles", view.tiles.join("x"));
  for (const name of ["centre", "turn"])
    if (String(view[name]) !== String(usual[name])) add(name, view[name].map(brief).join(","));
  if (view.exact) add("exact", 1);
  if (view.beside && view.second) add("beside", 1);
  if (JSON.stringify(view.lights) !== JSON.stringify([origin]))
    for (const { kind, x, y, height, logIntensity, colour, orbit } of view.lights)
      add("light", [kind, ...[x, y, height, logIntensity].map(brief), colour.slice(1), brief(orbit)].join(","));
  return "#" + parts.map((part) => part.join("=")).join("&");
}

const numbers = (text, separator = ",") =>
  (text ?? "")
    .split(separator)
    .filter((part) => part.trim() !== "")
    .map(Number)
    .filter(Number.isFinite);

/** Keeps the page's address up to date. */
class AddressBar {
  constructor(store) {
    this.store = store;
    this.first = location.hash; // what the page was opened with
    store.listen(() => this.later());
    // Another link was put into the address bar.
    addEventListener("hashchange", () => location.reload());
  }

  /** Not while something moves: browsers allow a hundred changes in half a minute. */
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.write(), 400);
  }

  write() {
    const { view, scene } = this.store;
    if (!scene || scene.provisional) return; // the server is still to read what the page was opened with
    const link = linkOf(view, scene);
    if (link !== location.hash) history.replaceState(history.state, "", link);
  }

  /** The address that shows what is seen. */
  get link() {
    const { view, scene } = this.store;
    return scene && !scene.provisional ? new URL(linkOf(view, scene), location.href).href : location.href;
  }

  /** Whether the page was opened with another material, which is still to come. */
  leadsElsewhere(name) {
    const { material } = linkedSolve(this.first);
    return material !== undefined && material !== name;
  }

  /** The view that the page was opened with, where it is of this material; once. */
  take(scene) {
    const hash = this.first;
    this.first = "";
    return linkedSolve(hash).material === scene.material.name ? linkedView(hash, scene) : {};
  }
}
