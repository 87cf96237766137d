"""The viewer component: a canvas that shows a material at any time under any light, without asking the server again.

Its value is a dict, `whole`, sent again whenever something in it changes:

    run         whole number that grows: a value of an earlier run is ignored
    material    {name, title, label, brdf ("rgb" for a texture), half_width, distance, light [x, y, log-intensity],
                warmup (model time before 0: none of a stitched start), duration, views [[name, label], ...],
                exemplar (whether its pictures are at hand)}
    preview     file of its animated preview, or None
    baked       file of keyframes (see keyframes/bundle.py) to look at until there are others, or None
    seed, size  of the state; size is [width, height]
    solver      its fields, or None where it is the material's own; likewise
    start       "noise" or "stitched"
    times       model times of all keyframes that are planned, ascending
    keyframes   those that are solved, in the order in which they were: [{time, file}, ...] (see keyframes/codec.py)
    status      "asked" (what is known before the server has answered), "waiting", "solving", "complete", "stopped" or "failed"
    text        what to say of that in a line
    message     a sentence on what went wrong, or None

or, where there is nothing to show, {run: 0, material: None, message}.

Files are `gradio.FileData`. The scripts' own API is described at the top of web/scripts/viewer/viewer-api.js.
"""

from collections.abc import Callable
from typing import Any

import gradio as gr

from ...web import assets


def viewer(
    *,
    picture: Callable[[list], dict[str, str]] | None = None,
    exemplar: Callable[[str], dict[str, Any]] | None = None,
    opening: Callable[[str], dict[str, Any] | None] | None = None,
    **options,
) -> gr.HTML:
    """A viewer; `options` are those of gr.HTML. Its event `stop` asks to stop solving, `range` to solve from
    a start to an end, model times that are its data.

    The function `picture([material, seed, width, height, time, x, y, log_intensity, start])` gives {"address": ...} of a
    picture or {"error": sentence}, for browsers that cannot draw one themselves; `exemplar(name)` likewise that of the
    keyframes of a material's exemplar; `opening(name)` is the viewer's value for a material that was not asked for yet, or
    None. (No subclass of gr.HTML: Gradio would write a .pyi file beside this one.)
    """
    return gr.HTML(
        html_template='<div class="ode-viewer"><div class="ode-viewer-grid"></div></div>',
        css_template=assets.viewer_style(),
        js_on_load=assets.component_script("viewer"),
        apply_default_css=False,
        server_functions=[function for function in (picture, exemplar, opening) if function] or None,
        **options,
    )
