// Saves the canvas exactly as it is seen: the surface, its part in sight, and what it is compared with.

function saveButton(stage) {
  const save = async () => {
    const [part] = stage.parts;
    if (!part) return;
    // What was drawn is gone with the next frame: the picture is asked for at once.
    stage.sharpen();
    const picture = await new Promise((done) => stage.canvas.toBlob(done, "image/png"));
    download(picture, `${part.plate.scene.material.name}_${part.moment.time.toFixed(2)}.png`);
  };
  const element = button("Save this picture", save, { title: "What is seen, as a PNG" });
  element.hidden = !stage.renderer;
  return element;
}
