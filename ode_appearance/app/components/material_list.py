"""The shelf component: materials by name in a list, one of them chosen, with a sentence above them.

Its value is, `whole`, {"note": sentence or "", "rows": [{name, title, label}, ...], "selected": name, None, or "" for the one
that was chosen before}, shown as text and never as HTML. The event `pick` carries {"name": name}.
"""

from typing import Any

import gradio as gr

from ...web import assets
from ..materials.library import Row
from .boxed_value import whole

KEPT = ""


def shelf(**options) -> gr.HTML:
    """An empty shelf; `options` are those of gr.HTML."""
    return gr.HTML(
        html_template='<div class="ode-place"></div>',
        css_template=assets.text("styles/material-list.css"),
        js_on_load=assets.component_script("material-list"),
        apply_default_css=False,
        elem_classes="shelf",
        **options,
    )


def shelf_value(rows: list[Row], note: str = "", selected: str | None = None) -> list[Any]:
    """A shelf's value."""
    return whole({"note": note, "rows": rows, "selected": selected})
