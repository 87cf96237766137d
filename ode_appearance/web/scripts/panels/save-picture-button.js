// The button that saves the canvas exactly as it is on the screen.

import { download } from "../base/dom.js";
import { button } from "./controls.js";

/** @import { CanvasView } from "../drawing/canvas-view.js" */

/** @param {CanvasView} canvasView */
export function savePictureButton(canvasView) {
  const save = async () => {
    const [part] = canvasView.parts;
    if (!part) return;
    // The drawing buffer is lost with the next frame: it is read at once.
    canvasView.sharpen();
    /** @type {Blob | null} */
    const picture = await new Promise((resolve) => canvasView.canvas.toBlob(resolve, "image/png"));
    const { material } = part.keyframeSet.scene;
    if (picture) download(picture, `${material.name}_${part.blend.time.toFixed(2)}.png`);
  };
  const element = button("Save this picture", save, { title: "The picture as it is on the screen, as a PNG" });
  element.hidden = !canvasView.renderer;
  return element;
}
