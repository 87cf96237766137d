// Where things are in the picture: between shares of the canvas (x to the right, y downward, 0 to 1), the lit plane, and the
// texels of the state. The solids are those of solid.glsl.

const OUTLINE = 0.9; // of half the picture, as wide as a solid's outline is

/** [across, down] texels of the tiled state. */
const tiledSize = ({ tiles }, { size }) => size.map((length, axis) => length * tiles[axis]);

/** Half the width and height of the lit plane. */
function extentOf(view, { halfWidth, ...scene }) {
  const [across, down] = view.surface === "flat" ? tiledSize(view, scene) : [1, 1];
  return [halfWidth, (halfWidth * down) / across];
}

/** What is seen of the tiled plane, in shares of it: {from, span}; `pixels` is the canvas's size. */
function seenPart(view, scene, pixels) {
  const size = tiledSize(view, scene);
  let span = [1 / view.zoom, 1 / view.zoom];
  if (view.exact) {
    const scale = exactScale(view, scene, pixels);
    span = pixels.map((length, axis) => length / (scale * size[axis]));
  }
  const from = span.map((length, axis) => {
    const start = length >= 1 ? (1 - length) / 2 : clamp(view.centre[axis] - length / 2, 0, 1 - length);
    // A texel's edge falls on a pixel's.
    const grain = (pixels[axis] / length) | 0;
    return view.exact ? Math.round(start * grain) / grain : start;
  });
  return { from, span };
}

/** How many pixels of the screen a texel takes, where they are to be exact. */
function exactScale(view, scene, pixels) {
  const fitting = tiledSize(view, scene).map((length, axis) => pixels[axis] / length);
  return Math.max(1, Math.floor(Math.min(...fitting) * view.zoom));
}

/** A share of the canvas -> a point (x, y) of the lit plane, y upward. */
function planeAt(share, view, scene, pixels) {
  const extent = extentOf(view, scene);
  if (view.surface !== "flat")
    return share.map((at, axis) => ((at - 0.5) * (axis ? -2 : 2) * extent[axis]) / view.zoom);
  const { from, span } = seenPart(view, scene, pixels);
  return tiledSize(view, scene).map((length, axis) => {
    // Centres of the outermost texels lie on the border of the plane: that is half a texel inside the picture.
    const along = (2 * ((from[axis] + share[axis] * span[axis]) * length - 0.5)) / Math.max(length - 1, 1) - 1;
    return (axis ? -along : along) * extent[axis];
  });
}

/** The inverse of `planeAt`. */
function shareAt(point, view, scene, pixels) {
  const extent = extentOf(view, scene);
  const along = point.map((at, axis) => (axis ? -at : at) / extent[axis]);
  if (view.surface !== "flat") return along.map((at) => 0.5 + (at / 2) * view.zoom);
  const { from, span } = seenPart(view, scene, pixels);
  return tiledSize(view, scene).map(
    (length, axis) => ((((along[axis] + 1) / 2) * (length - 1) + 0.5) / length - from[axis]) / span[axis],
  );
}

/** {radius, halfHeight} of a solid whose outline takes OUTLINE of the picture; the sphere has no height of its own. */
function solidOf({ halfWidth, distance }) {
  const sine = Math.sin(Math.atan((OUTLINE * halfWidth) / distance));
  return { radius: (sine * distance) / (1 - sine), halfHeight: OUTLINE * halfWidth };
}

/** How often the state lies on a solid: around it, so that it is hardly stretched, and from top to bottom. */
const repeatsOf = ({ surface, tiles }) => [(surface === "sphere" ? 2 : 5) * tiles[0], tiles[1]];

/** A share of the canvas -> the place [x, y] of the state's texel there (not rounded), or null beside the surface. */
function texelAt(share, view, scene, pixels) {
  const { size } = scene;
  if (view.surface === "flat") {
    const { from, span } = seenPart(view, scene, pixels);
    const place = share.map((at, axis) => from[axis] + at * span[axis]);
    if (place.some((at) => at < 0 || at >= 1)) return null;
    return place.map((at, axis) => (at * view.tiles[axis] * size[axis]) % size[axis]);
  }
  const place = solidPlace(share, view, scene, pixels);
  return place && place.map((at, axis) => (at - Math.floor(at)) * size[axis]);
}

function solidPlace(share, view, scene, pixels) {
  const { radius, halfHeight } = solidOf(scene);
  const sphere = view.surface === "sphere";
  const [x, y] = planeAt(share, view, scene, pixels);
  const ray = [x, y, -scene.distance];
  const eye = [0, 0, scene.distance + radius];
  const dot = (a, b) => a[0] * b[0] + (sphere ? a[1] * b[1] : 0) + a[2] * b[2];
  const [a, b, c] = [dot(ray, ray), dot(eye, ray), dot(eye, eye) - radius * radius];
  if (b * b < a * c) return null;
  const way = (-b - Math.sqrt(b * b - a * c)) / a;
  const [px, py, pz] = eye.map((at, axis) => at + way * ray[axis]);
  if (!sphere && Math.abs(py) > halfHeight) return null;
  const [sine, cosine] = sphere ? [Math.sin(view.turn[1]), Math.cos(view.turn[1])] : [0, 1];
  const up = (cosine * py - sine * pz) / radius;
  const toward = (sine * py + cosine * pz) / radius;
  const around = (Math.atan2(px / radius, toward) + view.turn[0]) / (2 * Math.PI);
  const downward = sphere ? Math.acos(clamp(up, -1, 1)) / Math.PI : 0.5 - py / (2 * halfHeight);
  const repeats = repeatsOf(view);
  return [around * repeats[0] + 0.5, downward * repeats[1]];
}
