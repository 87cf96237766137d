// What a drag in the picture does, and the arrow keys (see gestures.js and keys.js): it moves the selected light.

class LightTool {
  constructor(stage, store) {
    Object.assign(this, { stage, store });
  }

  begin(share, event) {
    const handle = event.target.closest(".ode-handle");
    this.held = !handle;
    if (handle) this.store.set({ selected: Number(handle.dataset.light) });
    else this.go(share);
  }

  go(share) {
    const { view, scene } = this.store;
    if (!isLit(view, scene)) return;
    const [x, y] = planeAt(share, view, scene, this.stage.pixels);
    this.store.setLight(bounded({ ...view.lights[view.selected], x, y, orbit: 0 }));
  }

  key([right, up], far) {
    const { view, scene } = this.store;
    if (!isLit(view, scene)) return;
    const light = view.lights[view.selected];
    const step = far ? 0.1 : 0.02;
    this.store.setLight(bounded({ ...light, x: light.x + right * step, y: light.y + up * step, orbit: 0 }));
  }
}
