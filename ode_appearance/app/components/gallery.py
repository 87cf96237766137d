"""The gallery component: materials with their animated previews, one of them picked.

Its value is, `whole`, {"selected": name or None, "first": whether it is of a page that opens, where a choice that was made
meanwhile stays marked, "materials": [{name, title, label, preview (a file or None), opening (a value of the viewer's, where it
is known), error (a sentence or None)}, ...]}. The event `pick` carries {"name": name, "asked": milliseconds since the page was
opened}; in the page an "ode-pick" event goes ahead of it: the viewer shows what is baked, or the preview, without waiting for
an answer.
"""

import gradio as gr

from ...web import assets


def gallery(**options) -> gr.HTML:
    """A gallery; `options` are those of gr.HTML. A broken material is shown with what is wrong, and cannot be picked."""
    return gr.HTML(
        html_template='<div class="ode-place"></div>',
        css_template=assets.text("styles/gallery.css"),
        js_on_load=assets.component_script("gallery"),
        apply_default_css=False,
        **options,
    )
