"""The facts component: labels and texts in a list, shown as they are and never as HTML.

Its value is a list of [label, text], `whole`.
"""

import gradio as gr

from ...web import assets


def facts(**options) -> gr.HTML:
    """A list of facts; `options` are those of gr.HTML."""
    return gr.HTML(
        html_template='<div class="ode-place"></div>',
        css_template=assets.text("styles/metadata-list.css"),
        js_on_load=assets.component_script("metadata-list"),
        apply_default_css=False,
        **options,
    )
