"""The Python panel under the viewer: what is seen, as a program."""

from collections.abc import Sequence

import gradio as gr

from ...errors import AppearanceError
from ..actions.handlers import FIELDS
from ..actions.snippet import snippet
from ..materials.shipped_materials import Collection
from ..solving.requests import chosen_material, solve_request
from .export_panel import SEEN


def python_panel(collection: Collection, selected: gr.State, fields: Sequence[gr.components.Component]) -> None:
    """Make the panel; the program is written when it is opened, and when that is asked for."""
    with gr.Accordion("Python", open=False, elem_id="python") as accordion:
        code = gr.Code(language="python", label="What is seen", interactive=False, show_line_numbers=False, wrap_lines=True)
        again = gr.Button("Write it again, as it is seen now", size="sm")
    seen = gr.JSON(visible=False)

    def write(seen, name, *values):
        try:
            entry = collection.find(name or "")
            fields = dict(zip(FIELDS, values, strict=True))
            request = solve_request(entry.name, chosen_material(entry.material, fields).config, fields)
            return snippet(entry, request, seen, shipped=entry.name in collection.names)
        except AppearanceError as error:
            return f"# {' '.join(str(error).split())}"  # no line of it is code

    for event in (accordion.expand, again.click):
        event(write, [seen, selected, *fields], code, js=SEEN, api_visibility="private", show_progress="hidden")
