"""The app's API: an endpoint with a name and a description for each action, whose components no page shows."""

import functools
import inspect
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import gradio as gr

from ..config import Kind
from ..errors import AppearanceError
from ..export.config import Format, MapFormat, MapValues
from ..training.config import PRESETS
from .handlers import SIZE, Studio
from .library import Library
from .program import Program


def endpoints(studio: Studio, library: Library) -> None:
    """Make them all, within the app's blocks. Arguments have the names that the functions give them."""
    program = Program(studio, library)
    with gr.Column(visible=False):
        _of_materials(studio, program)
        if library.hub:
            _of_the_hub(program)
        if library.trainings is not None:
            _of_trainings(program)


def _of_materials(studio, program):
    _endpoint("materials", program.materials, [], gr.JSON(), "The names and kinds of the materials that are shipped.")
    described = "All there is to know of a material: credit, licence, training record, measures."
    _endpoint("material", program.material, [gr.Textbox("rusting_steel")], gr.JSON(), described)
    _endpoint(
        "render",
        studio.pictures.draw,
        [gr.Textbox("rusting_steel"), *_numbers(0, SIZE, SIZE, 0.0, 0.0, 0.0, 0.0)],
        gr.Image(format="png"),
        "A picture of a material at a model time, solved from a seed at a size, under a point light at (x, y) of a logarithmic "
        "intensity, null for the material's own (an RGB texture is its own light): a PNG.",
    )
    forms = [_choice(get_args(Format)), *_numbers(0, SIZE, SIZE, 0.0, 0.0, 60, 20.0)]
    maps = [_choice(get_args(MapFormat)), _choice(get_args(MapValues))]
    _endpoint(
        "export",
        program.export,
        [gr.Textbox("rusting_steel"), *forms, *maps, *_numbers(0.0, 0.0, 0.0)],
        gr.File(),
        "A file of a material: a picture (png) or maps at a model time; or, where `end` is later, maps, frames, an animation, "
        "states or a web page of so many frames from one to the other.",
    )


def _of_the_hub(program):
    described = "Materials on the Hugging Face Hub."
    _endpoint("search_hub", program.search, [gr.Textbox("")], gr.JSON(), described)
    described = "Fetch a material user/repository[@revision] from the Hugging Face Hub: the name that it has here."
    _endpoint("fetch", program.fetch, [gr.Textbox("user/repository")], gr.Textbox(), described)


def _of_trainings(program):
    _endpoint(
        "train",
        program.train,
        [
            gr.File(),
            gr.Textbox(""),
            _choice(get_args(Kind)),
            _choice(PRESETS),
            *_numbers(0),
            *(gr.Textbox("") for _ in range(3)),
        ],
        gr.JSON(),
        "Train a material on a time-lapse (an animation, a video, or a zip file of pictures), for so many iterations or (0) "
        "those of the preset: the key and the owner by which it is asked for.",
    )

    def owned():
        return [gr.Textbox(""), gr.Textbox("")]

    described = "Where a training stands, after an action: pause, resume, keep (stop for good), or none."
    _endpoint("training", program.training, [*owned(), gr.Textbox("")], gr.JSON(), described)
    _endpoint("trained", program.trained, owned(), gr.File(), "A trained material's checkpoint as a zip file.")
    _endpoint("delete_training", program.delete_training, owned(), gr.Textbox(), "Delete a training and its material.")


def _numbers(*values):
    return [gr.Number(value) for value in values]


def _choice(choices):
    return gr.Dropdown(list(choices), value=choices[0])


def _endpoint(name: str, function: Callable, inputs: list, output: gr.components.Component, description: str) -> None:
    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def asked(*values):
            try:
                return _plain(await function(*values))
            except AppearanceError as error:
                raise gr.Error(str(error), print_exception=False) from error
    else:

        @functools.wraps(function)
        def asked(*values):
            try:
                return _plain(function(*values))
            except AppearanceError as error:
                raise gr.Error(str(error), print_exception=False) from error

    options = {"api_name": name, "api_description": description, "concurrency_limit": None}
    gr.Button(name).click(asked, inputs, output, **options)


def _plain(value):
    """Gradio knows files by text."""
    return str(value) if isinstance(value, Path) else value
