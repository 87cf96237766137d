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
    if (!event) this.element.hidden = true;
    if (!event || this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = null;
      if (this.event && this.stage.ready) this.read(this.event);
    });
  }

  read(event) {
    const { view, scene } = this.store;
    const share = this.stage.shareOf(event);
    const place = texelAt(share, view, scene, this.stage.pixels)?.map(Math.floor);
    this.element.hidden = !place;
    if (!place) return;
    const channel = view.second && share[0] > view.divider ? view.second : view.channel;
    const [, label] = scene.material.views.find(([name]) => name === channel);
    const age = this.ages()?.[place[1] * scene.size[0] + place[0]];
    const parts = [`${place[0]}, ${place[1]}`, `${label}: ${this.value(channel, place, share)}`];
    if (age) parts.push(`age ${age > 0 ? "+" : ""}${spell(age)}`);
    this.element.textContent = parts.join("  ·  ");
  }

  value(channel, place, share) {
    const { renderer, moment, pixels } = this.stage;
    if (channel === "lit") {
      renderer.draw(moment, this.store.view);
      const at = share.map((along, axis) => clamp(Math.floor(along * pixels[axis]), 0, pixels[axis] - 1));
      return [...readCanvas(renderer, ...at).slice(0, 3)].join(" ");
    }
    const numbers = readMaps(renderer, moment, place);
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
