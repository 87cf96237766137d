"""The page on which a material is looked at: what is shown where, and which event goes to which handler."""

import asyncio
import random
from collections.abc import Callable
from typing import Any, get_args

import gradio as gr

from ...config.schema import Method
from ...web import assets
from ..actions.handlers import FIELDS, SIZE, Studio
from ..actions.presentation import gallery_value, glimpse_value, opening_value
from ..clients import Client, client_of
from ..components.boxed_value import whole
from ..components.gallery import gallery
from ..components.metadata_list import facts
from ..components.pick_event import picked
from ..components.viewer import viewer
from ..solving.material_fields import own_times, solver_fields
from .export_panel import export_panel
from .library_panel import LibraryPanel
from .python_panel import python_panel

Parts = dict[str, Any]
STARTS = [("Cut from the photograph", "stitched"), ("Grown from noise", "noise")]
WHOLE = ("viewer", "gallery", "facts", "device")
"""Those of our own."""
# In a function of its own: "use strict" is not allowed in one with rest parameters.
LINK = f"""(_, ...fields) => {{
const linked = () => {{ {assets.bundle("link")}return odeAppearance.parseSolve(location.hash); }};
return [linked(), ...fields]; }}"""


def explore(
    app: gr.Blocks, studio: Studio, device: gr.HTML, more: Callable[[], LibraryPanel] | None = None
) -> tuple[Callable[[gr.State], dict[str, Any]], LibraryPanel | None]:
    """Make the page, with the panel that `more` makes under its gallery.

    Returns what makes a listener that shows the material whose name is in a component, and the panel.
    """

    async def picture(request: list, asked: gr.Request) -> dict[str, str]:  # Gradio cannot mark a method as a server function
        session = (await asked.json()).get("session_hash")
        client = Client(str(session), asked.client.host if asked.client else "")
        return await studio.pictures.picture(request, client, asked.is_disconnected)

    def exemplar(name: str) -> dict[str, str]:
        return studio.exemplar_picture(name)

    def opening(name: str) -> dict[str, Any] | None:
        entry = studio.collection.glance(str(name))
        return opening_value(entry, studio.exemplars, addressed=True) if entry else None

    parts: Parts = {"selected": gr.State(None), "device": device}
    with gr.Row(elem_id="body"):
        with gr.Column(scale=1, min_width=220):
            parts["gallery"] = gallery(value=whole(glimpse_value(studio.collection)), elem_id="gallery")
            panel = more() if more else None
        with gr.Column(scale=5, min_width=320):
            first = studio.collection.first()
            value = whole(opening_value(first, studio.exemplars) if first else None)
            parts["viewer"] = viewer(value=value, elem_id="viewer", picture=picture, exemplar=exemplar, opening=opening)
            buttons = _fields(parts)
            export_panel(studio.exports, parts["selected"], [parts[name] for name in FIELDS])
            python_panel(studio.collection, parts["selected"], [parts[name] for name in FIELDS])
            with gr.Accordion("About this material", open=True):
                parts["facts"] = facts(elem_id="facts")
    showing = _connect(app, studio, parts, buttons, panel)
    if panel is not None:
        panel.connect(showing)
    return lambda name: {**showing, "inputs": [name, *showing["inputs"]]}, panel


def _fields(parts: Parts) -> dict[str, gr.Button]:
    """The fields under the viewer; puts them into `parts`, and returns the buttons beside them."""
    buttons = {}
    with gr.Row(elem_classes="fields", visible=False) as parts["starts"]:
        parts["start_kind"] = gr.Radio(STARTS, value="noise", label="Start")
    with gr.Row(elem_classes="fields"):
        parts["seed"] = gr.Number(0, label="Seed", precision=0, minimum=0, min_width=100)
        buttons["dice"] = _button("Another seed")
        parts["width"] = gr.Number(SIZE, label="Width", precision=0, min_width=80)
        parts["height"] = gr.Number(SIZE, label="Height", precision=0, min_width=80)
        parts["count"] = gr.Number(64, label="Keyframes", precision=0, min_width=80)
    with gr.Row(elem_classes="fields"):
        parts["start"] = gr.Number(-1, label="Start time", step=0.1, min_width=100)
        parts["end"] = gr.Number(5, label="End time", step=0.1, min_width=100)
        buttons["exemplar"] = _button("Exemplar only")
        parts["with_warmup"] = buttons["whole"] = _button("With warm-up")
        buttons["beyond"] = _button("Beyond its end")
    parts["estimate"] = gr.Markdown(elem_id="estimate")
    with gr.Accordion("Solver", open=False):
        with gr.Row(elem_classes="fields"):
            parts["method"] = gr.Dropdown(list(get_args(Method)), value="heun", label="Method", min_width=120)
            steppings = [("to a tolerance", "adaptive"), ("fixed", "fixed")]
            parts["stepping"] = gr.Radio(steppings, value="adaptive", label="Steps", min_width=200)
            parts["tolerance"] = gr.Number(0.01, label="Tolerance", step=0.001, min_width=110)
            parts["step"] = gr.Number(0.1, label="Step", step=0.01, min_width=110)
            buttons["own"] = _button("The one it comes with")
        qualities = [("in full", "full"), ("light, for slow networks", "light")]
        parts["quality"] = gr.Radio(qualities, value="full", label="Keyframes are sent", elem_classes="fields")
    return buttons


def _button(label: str) -> gr.Button:
    return gr.Button(label, size="md", min_width=120, elem_classes="beside")


def _connect(
    app: gr.Blocks, studio: Studio, parts: Parts, buttons: dict[str, gr.Button], panel: LibraryPanel | None
) -> dict[str, Any]:
    """Connect everything. Returns a listener for materials beside the gallery's: its function takes the name first."""
    fields = [parts[name] for name in FIELDS]
    # Every event starts at once: the studio itself lets one solve after the other run, and ends what is out of date.
    always = {"show_progress": "hidden", "trigger_mode": "multiple", "concurrency_limit": None, "api_visibility": "private"}
    everything = list(parts.values())

    async def show(stream):
        async for shown in stream:
            yield {parts[name]: whole(value) if name in WHOLE else value for name, value in shown.items()}
        # Gradio sends the last values once more when a generator ends; they may be out of date by then.
        yield gr.skip()

    def solving(handler: Callable) -> dict[str, Any]:
        """A listener that asks a handler of `studio` what to show for the material and the fields."""

        async def listener(request: gr.Request, name, *values):
            async for shown in show(handler(client_of(request), name, dict(zip(FIELDS, values, strict=True)))):
                yield shown

        return {"fn": listener, "inputs": [parts["selected"], *fields], "outputs": everything, **always}

    def refilling(fill: Callable) -> dict[str, Any]:
        return solving(lambda session, name, values: studio.refill(session, name, values, fill))

    async def pick_named(name, request: gr.Request, *values, asked=None):
        given = dict(zip(FIELDS, values, strict=True))
        async for shown in show(studio.pick(client_of(request), name, given, asked=asked)):
            yield shown

    async def pick_beside(name, request: gr.Request, *values, asked=None):
        yield {parts["gallery"]: whole(gallery_value(studio.collection, studio.exemplars, None))}
        async for shown in pick_named(name, request, *values, asked=asked):
            yield shown

    async def pick(event: gr.EventData, request: gr.Request, *values):
        name, asked = picked(event)
        async for shown in pick_named(name, request, *values, asked=asked):
            yield shown

    async def another_range(event: gr.EventData, request: gr.Request, name, *values):
        asked = {key: event._data.get(key) for key in ("start", "end")}
        given = dict(zip(FIELDS, values, strict=True))
        async for shown in show(studio.refill(client_of(request), name, given, lambda _: asked)):
            yield shown

    def end(request: gr.Request):
        studio.end(client_of(request))

    def stop(request: gr.Request):
        studio.sessions.stop(client_of(request))

    async def open_tab(link, owner, request: gr.Request, *values):
        if panel is not None and isinstance(link, dict):
            await asyncio.to_thread(panel.library.open_linked, str(link.get("material", "")), owner)
        async for shown in show(studio.open(client_of(request), dict(zip(FIELDS, values, strict=True)), link)):
            yield shown

    # The part of the address after "#" is known to the page only.
    link = gr.JSON(visible=False)
    owner = panel.owner if panel and panel.owner else gr.State(None)
    app.load(open_tab, [link, owner, *fields], everything, js=LINK, **always)
    app.unload(end)
    parts["gallery"].pick(pick, fields, everything, **always)
    parts["viewer"].range(another_range, [parts["selected"], *fields], everything, **always)
    parts["viewer"].stop(stop, queue=False, **always)
    changed = {"width": studio.resize, "height": studio.resize, "start_kind": studio.restart}
    for name in FIELDS:
        parts[name].input(**solving(changed.get(name, studio.change)))
    buttons["dice"].click(**refilling(lambda _: {"seed": random.randrange(1_000_000)}))
    buttons["exemplar"].click(**refilling(lambda config: own_times(config, warmup=False)))
    buttons["whole"].click(**refilling(own_times))
    buttons["beyond"].click(**refilling(lambda config: own_times(config, beyond=0.5)))
    buttons["own"].click(**refilling(lambda config: solver_fields(config.solver)))
    parts["stepping"].change(
        lambda stepping: (gr.update(visible=stepping == "adaptive"), gr.update(visible=stepping == "fixed")),
        parts["stepping"], [parts["tolerance"], parts["step"]], queue=False, show_progress="hidden", api_visibility="private",
    )  # fmt: skip

    return {"fn": pick_beside, "inputs": fields, "outputs": everything, **always}
