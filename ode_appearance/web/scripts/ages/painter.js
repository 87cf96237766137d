// Paints the age map: strokes, fills, undo. Says through the store's `painted` that the map has changed.

class Painter {
  /** `show(values, rows)` brings an age map to the graphics card, null none. */
  constructor(store, show) {
    Object.assign(this, { store, show, map: null, revision: 0, last: null });
  }

  /** The map for a state of this size; what was painted is stretched over it. */
  fit(size) {
    if (this.map && String(this.map.size) !== String(size)) this.map = this.map.resized(size);
    this.tell();
  }

  get ready() {
    this.map ??= new AgeMap(this.store.scene.size);
    return this.map;
  }

  /** `rows` are the first and the last that have changed. */
  tell(rows = [0, Infinity]) {
    const painted = this.map?.painted;
    this.show(painted ? this.map.values : null, rows);
    this.store.set({ painted: painted ? ++this.revision : 0 });
  }

  /** A place is [x, y] in texels, or null beside the surface. */
  begin(place) {
    this.ready.begin();
    this.last = null;
    this.go(place);
  }

  go(place) {
    const { view, scene } = this.store;
    const { by, erase, radius, softness } = view.brush;
    if (!place) {
      this.last = null;
      return;
    }
    const brush = { amount: erase ? 0 : by, radius: Math.max(radius * scene.size[0], 0.75), softness };
    let [first, last] = [Infinity, 0];
    for (const dab of this.between(place, brush.radius / 3)) {
      const rows = this.map.dab(dab, brush);
      [first, last] = [Math.min(first, rows[0]), Math.max(last, rows[1])];
    }
    this.last = place;
    this.tell([first, last]);
  }

  /** Dabs from the last place to this one, no further apart than `step`; over the seam of the surface there are none. */
  between(place, step) {
    const from = this.last;
    const away = from ? Math.hypot(place[0] - from[0], place[1] - from[1]) : 0;
    if (!from || away > Math.min(...this.map.size) / 2) return [place];
    const count = Math.max(1, Math.ceil(away / step));
    return Array.from({ length: count }, (_, i) =>
      place.map((at, axis) => from[axis] + ((at - from[axis]) * (i + 1)) / count),
    );
  }

  /** Fill the map with ages of a place in shares. */
  fill(age) {
    this.ready.fill(age);
    this.tell();
  }

  async import(file) {
    const { size, material } = this.store.scene;
    this.replace(await importAges(file, size, material.duration));
  }

  /** Take these ages for all texels, row by row from the top. */
  replace(values) {
    this.ready.begin();
    this.map.values = values;
    this.tell();
  }

  export() {
    return exportAges(this.ready, this.store.scene.material.duration);
  }

  undo() {
    if (this.map?.undo()) this.tell();
  }

  clear() {
    if (this.map?.painted) this.fill(() => 0);
  }

  /** Another material: nothing is painted on it. */
  forget() {
    this.map = null;
    this.tell();
  }
}
