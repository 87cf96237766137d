// The exemplar's own pictures, fetched when somebody wants to see them.

class Exemplar {
  /** `ask(name)` resolves to {address} of a bundle of a material's exemplar, or {error}. */
  constructor(store, stage, ask, say) {
    Object.assign(this, { store, stage, ask, say });
    store.listen((view, scene) => {
      if (stage.gone) this.asked = null;
      const wanted = view.second === "exemplar" && scene && stage.renderer && !stage.gone && !stage.exemplar;
      if (wanted && this.asked !== scene.material) this.fetch(scene);
    });
  }

  async fetch(scene) {
    const { material } = scene;
    this.asked = material;
    try {
      const { address, error } = await this.ask(material.name);
      if (error) throw new Error(error);
      const bundle = await fetchBundle(address);
      if (this.asked !== material) return;
      const { size, times, seed } = bundle;
      const own = { ...scene, size, times, seed, material: { ...material, brdf: "rgb", views: [["lit", "Exemplar"]] } };
      const plate = this.stage.plate(own, times.length, "Exemplar");
      this.stage.replace("exemplar", plate);
      await fill(
        plate,
        bundle,
        () => this.stage.exemplar === plate,
        () => this.stage.arrived(),
      );
    } catch (error) {
      this.asked = null;
      this.store.set({ second: null });
      this.say(error.message);
    }
  }
}
