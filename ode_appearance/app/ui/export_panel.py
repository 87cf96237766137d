"""The export panel under the viewer."""

from collections.abc import Sequence
from typing import Any

import gradio as gr

from ...errors import AppearanceError
from ...export import ExportConfig
from ..actions.handlers import FIELDS
from ..clients import client_of
from ..solving.exports import Exports
from ..text_format import as_text

FORMATS = [
    ("Picture (PNG)", "png"),
    ("Frames (zip of PNGs)", "frames"),
    ("GIF", "gif"),
    ("WebP", "webp"),
    ("Video (MP4)", "mp4"),
    ("Maps (zip)", "maps"),
    ("Web page, works offline", "page"),
    ("States (NumPy)", "states"),
]
MAP_FORMATS = [("PNG, 8 bits", "png8"), ("PNG, 16 bits", "png16"), ("OpenEXR, floats", "exr")]
MAP_VALUES = [("for Blender, Unreal, three.js", "engine"), ("as the renderer uses them", "raw")]
OPTIONS = ("format", "map_format", "map_values", "sequence", "frames", "fps")
# What the viewer shows is known to the page only (app/solving/view_state.py reads it).
SEEN = """async (_, ...rest) => {
  const viewer = document.querySelector("#viewer .ode-viewer")?.odeViewer;
  if (!viewer) return [{}, ...rest];
  const { time, lights, exposure, surface, tiles, zoom, centre, turn, channel, second } = viewer.state;
  const ages = await viewer.packAges();
  return [{ time, lights, exposure, surface, tiles, zoom, centre, turn, channel, second, ages }, ...rest];
}"""
# What the size of the file depends on.
SIZED = """(_, ...rest) => {
  const viewer = document.querySelector("#viewer .ode-viewer")?.odeViewer;
  const { time, surface, tiles, turn } = viewer?.state ?? {};
  return [{ time, surface, tiles, turn }, ...rest];
}"""


def export_panel(exports: Exports, selected: gr.State, fields: Sequence[gr.components.Component]) -> None:
    """Make the panel; it exports what the viewer shows of the selected material, solved as the fields say."""
    usual = ExportConfig()
    with gr.Accordion("Export", open=False, elem_id="export") as panel:
        with gr.Row(elem_classes="fields"):
            parts: dict[str, Any] = {"format": gr.Dropdown(FORMATS, value="png", label="Format", min_width=160)}
            parts["map_format"] = gr.Dropdown(MAP_FORMATS, value=usual.map_format, label="Maps", min_width=140)
            parts["map_values"] = gr.Dropdown(MAP_VALUES, value=usual.map_values, label="Map values", min_width=180)
        with gr.Row(elem_classes="fields"):
            parts["sequence"] = gr.Checkbox(False, label="Maps of the whole range", min_width=140)
            parts["frames"] = gr.Number(60, label="Frames", precision=0, min_width=80)
            parts["fps"] = gr.Number(usual.fps, label="Frames per second", min_width=120)
        size = gr.Markdown(elem_id="export-size")
        with gr.Row():
            start, cancel = (
                gr.Button("Export what is seen", variant="primary", min_width=140),
                gr.Button("Cancel", min_width=80),
            )
        said = gr.Markdown(elem_id="export-status")
        file = gr.File(label="Exported file", visible=False, interactive=False)
    seen = gr.JSON(visible=False)

    def tell_size(seen, name, *values):
        given, chosen = _named(values)
        if not name:
            return ""
        try:
            return as_text(exports.estimate(name, given, seen, chosen).describe())
        except AppearanceError as error:
            return f"**Not possible:** {as_text(str(error))}"

    async def run(request: gr.Request, seen, name, *values):
        given, chosen = _named(values)
        stream = exports.export(client_of(request), name, given, seen, chosen)
        try:
            async for sentence, path in stream:
                yield as_text(sentence), gr.update(value=str(path) if path else None, visible=path is not None)
        except AppearanceError as error:
            yield f"**Not possible:** {as_text(str(error))}", gr.update(visible=False)

    def stop(request: gr.Request):
        exports.stop(client_of(request))

    options = {"api_visibility": "private", "show_progress": "hidden", "concurrency_limit": None}
    inputs = [seen, selected, *fields, *(parts[name] for name in OPTIONS)]
    start.click(run, inputs, [said, file], js=SEEN, trigger_mode="multiple", **options)
    cancel.click(stop, None, None, queue=False, **options)
    # The screen's fields are changed by others as well: by another material, and by a solve's own.
    changing = [selected, *(fields[FIELDS.index(name)] for name in ("width", "height")), *(parts[name] for name in OPTIONS)]
    events = [panel.expand, start.click, *(component.change for component in changing)]
    gr.on(events, tell_size, inputs, size, js=SIZED, trigger_mode="always_last", **options)


def _named(values):
    """The screen's fields and the panel's options, out of their values."""
    given, chosen = values[: len(FIELDS)], values[len(FIELDS) :]
    return dict(zip(FIELDS, given, strict=True)), dict(zip(OPTIONS, chosen, strict=True))
