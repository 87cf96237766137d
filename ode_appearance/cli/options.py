"""Command line options that several verbs share, generated from the config dataclasses."""

import argparse
import dataclasses
import typing
from collections.abc import Sequence
from typing import Any

from ..config import Light, MaterialConfig, SolverConfig
from ..config_json import read_value
from ..errors import ConfigError, RequestError


def add_fields(parser: argparse._ActionsContainer, cls: type, names: Sequence[str], prefix: str = "") -> None:
    """An option for each named field of a config dataclass, with its help text; not given, it stays None."""
    fields = {field.name: field for field in dataclasses.fields(cls)}
    hints = typing.get_type_hints(cls)
    for name in names:
        scalar = next((kind for kind in (int, float) if kind in (hints[name], *typing.get_args(hints[name]))), str)
        choices = typing.get_args(hints[name]) if typing.get_origin(hints[name]) is typing.Literal else None
        option = f"--{prefix}{name.replace('_', '-')}"
        text = fields[name].metadata["help"]
        parser.add_argument(option, type=scalar, choices=choices, metavar=None if choices else name.upper(), help=text)


def checked(cls: type, values: dict[str, Any]) -> dict[str, Any]:
    """The values of fields that were given, checked against their bounds (ConfigError)."""
    fields = {field.name: field for field in dataclasses.fields(cls)}
    hints = typing.get_type_hints(cls)
    given = {name: value for name, value in values.items() if value is not None}
    return {name: read_value(hints[name], value, fields[name].metadata, f"--{name}") for name, value in given.items()}


def add_solver(parser: argparse.ArgumentParser) -> None:
    """--method, --rtol, --atol, --step, --max-steps."""
    group = parser.add_argument_group("solver", "by default, the one that the material was trained for")
    add_fields(group, SolverConfig, [field.name for field in dataclasses.fields(SolverConfig)])


def read_solver(options: argparse.Namespace, config: MaterialConfig) -> SolverConfig:
    """The material's solver with what was given on the command line; tolerances given alone end a fixed step."""
    names = [field.name for field in dataclasses.fields(SolverConfig)]
    given = checked(SolverConfig, {name: getattr(options, name) for name in names})
    if given.keys() & {"rtol", "atol"} and "step" not in given:
        given["step"] = None
    return dataclasses.replace(config.solver, **given)


def numbers(text: str, counts: Sequence[int], example: str) -> list[float]:
    """Comma-separated numbers, as many as one of `counts`; raises RequestError with the example otherwise."""
    try:
        values = [float(part) for part in text.split(",")]
    except ValueError:
        values = []
    if len(values) not in counts:
        raise RequestError(f"{text!r} is not of the form {example}.")
    return values


def read_size(text: str) -> tuple[int, int]:
    """(width, height) from WIDTHxHEIGHT, or from one number for a square."""
    try:
        lengths = [int(part) for part in text.lower().split("x")]
    except ValueError:
        lengths = []
    if len(lengths) not in (1, 2):
        raise RequestError(f"{text!r} is not a size; write WIDTHxHEIGHT, for instance 192x128.")
    return lengths[0], lengths[-1]


def read_light(text: str | None, config: MaterialConfig) -> Light:
    """The light from X,Y or X,Y,LOG_INTENSITY; the material's own where nothing is given."""
    if text is None:
        return config.light
    x, y, *rest = numbers(text, (2, 3), "X,Y or X,Y,LOG_INTENSITY")
    try:
        values = {"x": x, "y": y, "log_intensity": rest[0] if rest else config.light.log_intensity}
        return Light(**checked(Light, values))
    except ConfigError as error:
        raise RequestError(f"--light: {error}") from error
