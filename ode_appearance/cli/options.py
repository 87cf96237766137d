"""Command line options that several verbs share, generated from the config dataclasses."""

import argparse
import dataclasses
import math
import typing
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..checkpoints.library import load
from ..config.option_groups import options_of
from ..config.request_checks import check_times
from ..config.schema import MaterialConfig, SolverConfig, StartKind
from ..config.serialization import read_value
from ..errors import RequestError
from ..models.material import Material, with_start_kind


def add_fields(parser: argparse._ActionsContainer, cls: type, names: Sequence[str], prefix: str = "") -> None:
    """Add an option for each named field of a config dataclass, with its help text and the default None."""
    options = options_of(cls)
    for name in names:
        kinds = (options[name].hint, *typing.get_args(options[name].hint))
        scalar = next((kind for kind in (int, float) if kind in kinds), str)
        choices = next((typing.get_args(kind) for kind in kinds if typing.get_origin(kind) is typing.Literal), None)
        text, metavar = options[name].metadata["help"], None if choices else name.upper()
        parser.add_argument(flag(prefix + name), type=scalar, choices=choices, metavar=metavar, help=text)


def flag(name: str) -> str:
    """The command line option of a field."""
    return "--" + name.replace("_", "-")


def checked(cls: type, values: dict[str, Any]) -> dict[str, Any]:
    """The values that are not None, checked against their bounds; ConfigError if one is out of bounds."""
    options = options_of(cls)
    given = {name: value for name, value in values.items() if value is not None}
    return {name: read_value(options[name].hint, value, options[name].metadata, flag(name)) for name, value in given.items()}


def add_request(parser: argparse.ArgumentParser) -> None:
    """Add the material, --seed, --start, --size, and --times or --frames with --t0 and --t1."""
    parser.add_argument("name", help="a name in checkpoints/, a folder, or a Hub repository user/repo[@revision]")
    parser.add_argument("--seed", type=int, help="seed of the start (default 0)")
    parser.add_argument(
        "--start",
        choices=typing.get_args(StartKind),
        help="start from noise, or from a state stitched from the exemplar (default: the material's)",
    )
    parser.add_argument("--size", help="WIDTHxHEIGHT in pixels (default 128x128)")
    parser.add_argument("--times", metavar="T,T,...", help="model times to write")
    parser.add_argument(
        "--frames", type=int, help="number of evenly spaced times, instead of --times (default: that of the exemplar)"
    )
    parser.add_argument("--t0", type=float, help="first time of --frames (default 0)")
    parser.add_argument("--t1", type=float, help="last time of --frames (default: the end of the exemplar's span)")


def load_material(options: argparse.Namespace) -> Material:
    """Load the material, with the start of --start; raises the errors of `load` and `with_start_kind`."""
    material = load(options.name)
    return material if options.start is None else with_start_kind(material, options.start)


def read_times(options: argparse.Namespace, config: MaterialConfig) -> np.ndarray:
    """The times of --times, or of --frames, --t0 and --t1."""
    if options.times is not None:
        if options.frames is not None or options.t0 is not None or options.t1 is not None:
            raise RequestError("Give either --times, or --frames with --t0 and --t1.")
        return check_times(config, numbers(options.times, range(1, 100_001), "T,T,..."))
    first = 0.0 if options.t0 is None else options.t0
    last = config.times.duration if options.t1 is None else options.t1
    frames = config.times.frames if options.frames is None else options.frames
    if not 1 <= frames <= 100_000:
        raise RequestError(f"--frames has to be from 1 to 100000, not {frames}.")
    if not math.isfinite(first) or not math.isfinite(last):
        raise RequestError("--t0 and --t1 have to be finite numbers.")
    if not first <= last:
        raise RequestError(f"--t0 ({first:g}) has to be before --t1 ({last:g}).")
    return check_times(config, np.linspace(first, last, frames).tolist())


def add_solver(parser: argparse.ArgumentParser) -> None:
    """Add --method, --rtol, --atol, --step and --max-steps."""
    group = parser.add_argument_group("solver", "default: the material's solver")
    add_fields(group, SolverConfig, [field.name for field in dataclasses.fields(SolverConfig)])


def read_solver(options: argparse.Namespace, config: MaterialConfig) -> SolverConfig:
    """The material's solver with the given options; a tolerance without --step replaces a fixed step."""
    names = [field.name for field in dataclasses.fields(SolverConfig)]
    given = checked(SolverConfig, {name: getattr(options, name) for name in names})
    if given.keys() & {"rtol", "atol"} and "step" not in given:
        given["step"] = None
    return dataclasses.replace(config.solver, **given)


def numbers(text: str, counts: Sequence[int], example: str) -> list[float]:
    """Parse comma-separated numbers; RequestError with the example unless their count is in `counts`."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) not in counts:
        raise RequestError(f"{text!r} is not of the form {example}.")
    return values


def read_size(text: str | None) -> tuple[int, int]:
    """(width, height) from WIDTHxHEIGHT, or from one number for a square; default 128x128."""
    return (128, 128) if text is None else read_lengths(text, "WIDTHxHEIGHT, for instance 192x128")


def read_lengths(text: str, form: str) -> tuple[int, int]:
    """Two integers separated by x, or one for both; RequestError with the form otherwise."""
    try:
        lengths = [int(part) for part in text.lower().split("x")]
    except ValueError:
        lengths = []
    if len(lengths) not in (1, 2):
        raise RequestError(f"{text!r} is not a size; write {form}.")
    return lengths[0], lengths[-1]
