"""The app's API: an endpoint with a name and a description for each action, whose components no page shows."""

import contextlib
import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import gradio as gr

from ...config.schema import Kind
from ...errors import AppearanceError
from ...export.export_config import Format, MapFormat, MapValues
from ...training.train_config import PRESETS
from ..actions.handlers import SIZE, Studio
from ..clients import client_of
from ..materials.library import Library
from .materials_api import Program
from .training_api import TrainingProgram

HEAVY = {"concurrency_limit": 2, "concurrency_id": "heavy"}
"""For what reads or fetches many bytes: two at a time, of all visitors together."""

LIT = (
    "The light is a point light at (x, y) of a logarithmic intensity, null for the material's own; a flat RGB texture is its "
    "own."
)
SEEN = (
    "A view may say more: an object of `lights` (up to eight of kind, x, y, height, logIntensity and colour, in place of the "
    "other), `exposure` in stops, `tiles` [across, down], a `surface` (sphere or cylinder) with its `turn` in radians, and a "
    "`channel`: of an SVBRDF a map by itself, such as diffuse, normal or height."
)
STARTED = "The start is noise, or stitched: cut from the exemplar, which some materials have; empty for the material's own."
AGED = (
    "A grey picture makes places older: 128 not at all, 255 by the exemplar's span, or as the view's `age_range` "
    "[black, white] says."
)


def endpoints(studio: Studio, library: Library) -> None:
    """Make them all, within the app's blocks. Arguments have the names that the functions give them."""
    program = Program(studio, library)
    with gr.Column(visible=False):
        _of_materials(program)
        if library.hub:
            _of_the_hub(program)
        if library.trainings is not None:
            _of_trainings(TrainingProgram(library), library.hub)


def _of_materials(program):
    def material():
        return gr.Textbox("rusting_steel")

    def light():
        return _numbers(0.0, 0.0, 0.0)

    def start():
        return gr.Textbox("")

    def maps():
        return [_choice(get_args(MapFormat)), _choice(get_args(MapValues))]

    _endpoint("materials", program.materials, [], gr.JSON(), "The names and kinds of the materials that are shipped.")
    described = "All there is to know of a material: credit, licence, training record, measures."
    _endpoint("material", program.material, [material()], gr.JSON(), described)
    described = "The seconds and bytes that a solve from one model time to another takes on this machine, and its keyframes."
    _endpoint("estimate", program.estimate, [material(), *_numbers(SIZE, SIZE, 0.0, 5.0), start()], gr.JSON(), described)
    _endpoint(
        "render",
        program.render,
        [material(), *_numbers(0, SIZE, SIZE, 0.0), *light(), _object(), gr.File(), start()],
        gr.Image(format="png"),
        f"A picture of a material at a model time, solved from a seed at a size: a PNG. {LIT} {SEEN} {AGED} {STARTED}",
    )
    forms = [_choice(get_args(Format)), *_numbers(0, SIZE, SIZE, 0.0, 0.0, 60, 20.0)]
    _endpoint(
        "export",
        program.export,
        [material(), *forms, *maps(), *light(), _object(), gr.File(), start()],
        gr.File(),
        "A file of a material: a picture (png) or maps at a model time; or, where `end` is later, maps, frames, an animation, "
        f"states or a web page of so many frames from one to the other. {LIT} {SEEN} {AGED} {STARTED} "
        "Cancelling the job stops it.",
    )
    sized = [material(), _choice(get_args(Format)), *_numbers(SIZE, SIZE, 0.0, 0.0, 60), *maps(), _object(), start()]
    described = "About how many bytes a file of `/export` will have, its width and height, and its frames."
    _endpoint("estimate_export", program.estimate_export, sized, gr.JSON(), described)
    _endpoint(
        "snippet",
        program.snippet,
        [material(), *_numbers(0, SIZE, SIZE, 0.0), *light(), _object(), start()],
        gr.Textbox(),
        "The Python that draws with the library what `/render` draws; of a map, its numbers too.",
    )


def _of_the_hub(program):
    described = "Materials on the Hugging Face Hub; where it cannot be reached, those that were fetched before."
    _endpoint("search_hub", program.search, [gr.Textbox("")], gr.JSON(), described)
    described = "Fetch a material user/repository[@revision] from the Hugging Face Hub: the name that it has here."
    _endpoint("fetch", program.fetch, [gr.Textbox("user/repository")], gr.Textbox(), described, **HEAVY)


def _of_trainings(program, hub):
    numbers = [_choice(get_args(Kind)), _choice(PRESETS)]
    _endpoint(
        "look_at_exemplar",
        program.look,
        [gr.File(), *numbers, _object()],
        gr.JSON(),
        "A time-lapse as a training would see it: the number and size of its frames, the model time at its end, and notes on "
        "what was done to it that may not be expected (cropped, thinned out, repeated, broken off).",
        **HEAVY,
    )
    _endpoint(
        "estimate_training",
        program.estimate,
        [*numbers, *_numbers(0), _object()],
        gr.JSON(),
        "The seconds that a training takes on this machine, measured there and then, and the features that it compares by. "
        "Iterations and numbers are those of `/train`.",
        **HEAVY,
    )
    _endpoint(
        "train",
        program.train,
        [
            gr.File(),
            gr.Textbox(""),
            _choice(get_args(Kind)),
            _choice(PRESETS),
            *_numbers(0),
            *(gr.Textbox("") for _ in range(4)),
            _object(),
        ],
        gr.JSON(),
        "Train a material on a time-lapse (an animation, a video, or a zip file of pictures), for so many iterations or (0) "
        "those of the preset: the key and the owner by which it is asked for. It may start from the weights of a shipped "
        "material or, by its key, of one's own, and have other `numbers` than its preset: an object, by the names of "
        "`train --help`.",
        **HEAVY,
    )

    def owned():
        return [gr.Textbox(""), gr.Textbox("")]

    described = "An owner's trainings, the latest first: key, name and status of each."
    _endpoint("trainings", program.trainings, [gr.Textbox("")], gr.JSON(), described)
    described = "Where a training stands, and its loss so far, after an action: pause, resume, keep (stop for good), or none."
    _endpoint("training", program.training, [*owned(), gr.Textbox("")], gr.JSON(), described)
    described = "The exemplar of a training at five times, with the result so far below: a WebP picture."
    _endpoint("training_picture", program.training_picture, owned(), gr.File(), described)
    described = "Open a trained material, as it is at this moment: the name by which it can be rendered and exported."
    _endpoint("open_trained", program.open_trained, owned(), gr.Textbox(), described, **HEAVY)
    described = "A trained material's checkpoint as a zip file."
    _endpoint("trained", program.trained, owned(), gr.File(), described, **HEAVY)
    described = "Give a training and its material another name."
    _endpoint("rename_training", program.rename, [*owned(), gr.Textbox("")], gr.Textbox(), described)
    described = (
        "Put a trained material on the Hugging Face Hub, private or not: its address there. The access token, which needs "
        "write permission, is used this once, and not kept."
    )
    published = [*owned(), gr.Textbox("user/repository"), gr.Textbox(""), gr.Checkbox(False)]
    if hub:  # not by the queue, which keeps what it is given for a while
        _endpoint("publish_training", program.publish, published, gr.Textbox(), described, queue=False)
    _endpoint("delete_training", program.delete, owned(), gr.Textbox(), "Delete a training and its material.")


def _numbers(*values):
    return [gr.Number(value) for value in values]


def _choice(choices):
    return gr.Dropdown(list(choices), value=choices[0])


def _object():
    """An object, empty unless given. What Gradio tells of a gr.JSON, {"type": {}}, is no JSON schema, and clients refuse it."""
    component = gr.JSON({})
    component.api_info = lambda: {"type": "object", "description": "a JSON object"}
    return component


def _endpoint(
    name: str, function: Callable, inputs: list, output: gr.components.Component, description: str, **options: Any
) -> None:
    if inspect.isasyncgenfunction(function):  # those that solve: they are told who asks

        async def asked(request: gr.Request, *values):
            with _said():
                async with contextlib.aclosing(function(*values, client=client_of(request))) as results:
                    async for result in results:
                        yield _plain(result)

        asked.__signature__ = _asked_signature(function)
    elif inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def asked(*values):
            with _said():
                return _plain(await function(*values))
    else:

        @functools.wraps(function)
        def asked(*values):
            with _said():
                return _plain(function(*values))

    options = {"api_name": name, "api_description": description, "concurrency_limit": None, **options}
    gr.Button(name).click(asked, inputs, output, **options)


def _asked_signature(function):
    """The arguments of a function, with Gradio's request in place of its `client`."""
    signature = inspect.signature(function)
    given = [parameter for name, parameter in signature.parameters.items() if name != "client"]
    request = inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=gr.Request)
    return signature.replace(parameters=[request, *given])


@contextlib.contextmanager
def _said():
    """What is not possible is a sentence for who asked."""
    try:
        yield
    except AppearanceError as error:
        raise gr.Error(str(error), print_exception=False) from error


def _plain(value):
    """Gradio knows files by text."""
    return str(value) if isinstance(value, Path) else value
