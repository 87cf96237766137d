// The age map: model time that each texel of the state is ahead of the slider, row by row from the top. The surface repeats,
// and so does what is painted on it.

const MOST_UNDO_BYTES = 64 << 20;

class AgeMap {
  constructor(size) {
    this.size = size;
    this.values = new Float32Array(size[0] * size[1]);
    this.past = [];
  }

  /** Begin something that can be undone as a whole. */
  begin() {
    this.before = this.values.slice();
    this.covered = new Float32Array(this.values.length);
    const most = Math.max(1, Math.floor(MOST_UNDO_BYTES / this.before.byteLength));
    this.past = [...this.past, this.before].slice(-most);
  }

  undo() {
    const before = this.past.pop();
    if (before) this.values = before;
    return Boolean(before);
  }

  get painted() {
    return this.values.some((age) => age !== 0);
  }

  /** A dab of the brush at a place [x, y] in texels: `amount` ahead in its middle. Within a stroke the strongest dab counts.
   *  `radius` is in texels, `softness` the share of it over which the brush fades. -> the [first, last] row that changed. */
  dab(place, { amount, radius, softness }) {
    const [width, height] = this.size;
    const reach = Math.ceil(radius);
    const [x, y] = place.map(Math.floor);
    const rows = Math.min(2 * reach + 1, height);
    const columns = Math.min(2 * reach + 1, width);
    for (let row = 0; row < rows; row++) {
      const down = y - (rows >> 1) + row;
      for (let column = 0; column < columns; column++) {
        const across = x - (columns >> 1) + column;
        const distance = Math.hypot(across + 0.5 - place[0], down + 0.5 - place[1]) / radius;
        if (distance >= 1) continue;
        const fade = clamp((1 - distance) / Math.max(softness, 1e-6), 0, 1);
        const at = wrap(down, height) * width + wrap(across, width);
        this.covered[at] = Math.max(this.covered[at], fade * fade * (3 - 2 * fade));
        this.values[at] = this.before[at] + (amount - this.before[at]) * this.covered[at];
      }
    }
    const [first, last] = [y - (rows >> 1), y + (rows >> 1)];
    return first >= 0 && last < height ? [first, last] : [0, height - 1];
  }

  /** Set every age to `age(x, y)` of a place in shares of the map. */
  fill(age) {
    this.begin();
    const [width, height] = this.size;
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) this.values[y * width + x] = age((x + 0.5) / width, (y + 0.5) / height);
  }

  /** The same map for a state of another size. */
  resized(size) {
    const other = new AgeMap(size);
    const [width, height] = this.size;
    other.fill((x, y) => this.values[Math.floor(y * height) * width + Math.floor(x * width)]);
    other.past = [];
    return other;
  }
}

/** Half the way from a time to the start or the end of what is solved, whichever is further: at the end nothing can become
 *  older. */
function usualAge(time, { times }) {
  const [start, end] = [Math.max(times[0], 0), times.at(-1)];
  const now = time ?? end;
  return Number(((end - now >= now - start ? end - now : start - now) / 2).toFixed(2));
}

const wrap = (index, length) => ((index % length) + length) % length;

/** Smooth noise between 0 and 1 that repeats, of four octaves: a function of a place in shares. */
function repeatingNoise(random = Math.random) {
  const octaves = [4, 8, 16, 32].map((cells, octave) => ({
    cells,
    weight: 0.5 ** octave,
    corners: Float32Array.from({ length: cells * cells }, random),
  }));
  const smooth = (t) => t * t * (3 - 2 * t);
  return (x, y) => {
    let [sum, weights] = [0, 0];
    for (const { cells, weight, corners } of octaves) {
      const [column, row] = [Math.floor(x * cells), Math.floor(y * cells)];
      const [u, v] = [smooth(x * cells - column), smooth(y * cells - row)];
      const corner = (i, j) => corners[wrap(row + j, cells) * cells + wrap(column + i, cells)];
      const upper = corner(0, 0) * (1 - u) + corner(1, 0) * u;
      const lower = corner(0, 1) * (1 - u) + corner(1, 1) * u;
      sum += weight * (upper * (1 - v) + lower * v);
      weights += weight;
    }
    return clamp((sum / weights - 0.5) * 1.8 + 0.5, 0, 1);
  };
}
