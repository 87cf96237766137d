"""The facts component: labels and texts in a list, shown as they are and never as HTML.

Its value is a list of [label, text], `whole`.
"""

import gradio as gr

from ...web import assets

MOUNT = """
const facts = new Facts(settle(element, make("dl", { class: "ode-facts" })));
follow(props, watch, (value) => facts.update(value));
"""


def facts(**options) -> gr.HTML:
    """A list of facts; `options` are those of gr.HTML."""
    return gr.HTML(
        html_template='<div class="ode-place"></div>',
        css_template=assets.text("styles/facts.css"),
        js_on_load=assets.script("base/dom", "components/facts") + MOUNT,
        apply_default_css=False,
        **options,
    )
