// Reads the value under the pointer.

const READINGS = {
  diffuse: [0, 1, 2],
  albedo: [0, 1, 2],
  metallic: [4],
  specular: [4, 5, 6],
  height: [7],
  roughness: [8],
  roughness_u: [8],
  roughness_v: [9],
  normal: [10, 11],
};

class Probe {
  constructor(stage, store, ages) {
    Object.assign(this, { stage, store, ages });
    this.element = make("p", { class: "ode-probe", hidden: true });
    stage.picture.addEventListener("pointermove", (event) => this.aim(event));
    stage.picture.addEventListener("pointerleave", () => this.aim(null));
    store.listen(() => this.aim(this.event));
  }

  aim(event) {
    this.event = event;
    // Reading waits for the graphics card: not while something moves.
    const still = event && !event.buttons && !this.store.view.playing;
    if (!still) this.element.hidden = true;
    if (!still || this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = null;
      if (this.event && !this.event.buttons && this.stage.ready) this.read(this.event);
    });
  }

  read(event) {
    const { view } = this.store;
    const at = this.stage.placeOf(event);
    const part = this.stage.parts.find(({ to }) => at[0] * this.stage.canvas.width < to);
    const { scene } = part?.plate ?? {};
    const place = part && !part.whole ? texelAt(this.stage.shareOf(event), view, scene, this.stage.pixels)?.map(Math.floor) : null;
    this.element.hidden = !place;
    if (!place) return;
    const [, label] = scene.material.views.find(([name]) => name === part.channel);
    const same = String(scene.size) === String(this.store.scene.size);
    const age = same && this.ages()?.[place[1] * scene.size[0] + place[0]];
    const parts = [`${place[0]}, ${place[1]}`, `${label}: ${this.value(part, place, at)}`];
    if (age) parts.push(`age ${age > 0 ? "+" : ""}${spell(age)}`);
    this.element.textContent = parts.join("  ·  ");
  }

  value(part, place, at) {
    const { renderer, canvas } = this.stage;
    const { channel, moment } = part;
    if (channel === "lit") {
      renderer.draw(this.stage.parts, this.store.view);
      const size = [canvas.width, canvas.height];
      const pixel = at.map((along, axis) => clamp(Math.floor(along * size[axis]), 0, size[axis] - 1));
      return [...readCanvas(renderer, ...pixel).slice(0, 3)].join(" ");
    }
    const numbers = readMaps(renderer, part, place);
    const values = READINGS[channel].map((index) => numbers[index]);
    if (channel === "height") {
      const [low, high] = moment.heights.shown;
      return spell(low + values[0] * (high - low));
    }
    if (channel !== "normal") return values.map((value) => spell(value)).join(" ");
    const [x, y] = values.map((value) => 2 * value - 1);
    return [x, y, Math.sqrt(Math.max(0, 1 - x * x - y * y))].map((value) => spell(value)).join(" ");
  }
}
