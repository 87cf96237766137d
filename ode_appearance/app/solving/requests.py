"""What a person asked for, from the fields of the screen to numbers that can be solved."""

import dataclasses
import math
from typing import Any

from ...config.request_checks import check_size, check_times, largest_like
from ...config.schema import MaterialConfig, SolverConfig, StartKind
from ...config.serialization import from_json
from ...errors import ConfigError, RequestError
from ...keyframes.codec import QUANTIZATION_STEPS, Quality
from ...keyframes.keyframe_times import check_count, keyframe_times
from ...models.material import Material, with_start_kind
from ...runtime.memory_budget import check_memory
from ..settings import most_pixels

MOST = 1e15
"""What a field's number, or its negative, may be at all; what is asked for has narrower bounds of its own."""


@dataclasses.dataclass(frozen=True)
class SolveRequest:
    """One solve: all that its keyframes depend on."""

    material: str
    seed: int
    size: tuple[int, int]
    times: tuple[float, ...]
    solver: SolverConfig
    quality: Quality = "full"
    start: StartKind = "noise"


def chosen_material(material: Material, fields: dict[str, Any]) -> Material:
    """The material with the start of its solves that `start_kind` in the fields names; its own where that is missing or empty.

    Raises RequestError for a start that the material does not have.
    """
    return with_start_kind(material, str(fields.get("start_kind") or material.config.start))


def solve_request(name: str, config: MaterialConfig, fields: dict[str, Any]) -> SolveRequest:
    """The request for a material in `fields`: seed, width, height, start, end, count, method, stepping, tolerance, step, and
    quality where it is not "full". The start is that of the config (see `chosen_material`).

    Raises RequestError, saying what is wrong and what would be right, for anything that cannot be solved.
    """
    size = read_size(config, fields)
    seed = whole_number(fields, "seed")
    if not 0 <= seed < 2**32:
        raise RequestError(f"A seed is a whole number from 0 to {2**32 - 1}: {seed} is not, {min(max(seed, 0), 2**32 - 1)} is.")
    count = check_count(config.kind, size, whole_number(fields, "count"))
    times = keyframe_times(config.times, number(fields, "start"), number(fields, "end"), count)
    check_times(config, times)
    solver = _solver(config, fields)
    check_memory(config, solver, size)
    quality = fields.get("quality", "full")
    if quality not in QUANTIZATION_STEPS:
        raise RequestError(f"Keyframes are of the quality {' or '.join(QUANTIZATION_STEPS)}, not {quality!r}.")
    return SolveRequest(name, seed, size, tuple(times), solver, quality, config.start)


def read_size(config: MaterialConfig, fields: dict[str, Any]) -> tuple[int, int]:
    """(width, height) that the material can have, no more than is allowed here; raises RequestError for all else."""
    size = check_size(config, (whole_number(fields, "width"), whole_number(fields, "height")))
    if math.prod(size) > most_pixels():
        width, height = largest_like(config, size, most_pixels())
        shape = f"the largest of the shape of {size[0]}x{size[1]} is {width}x{height}"
        raise RequestError(f"Up to {most_pixels():,} pixels are solved here: {shape}.")
    return size


def _solver(config, fields):
    """The solver that the fields describe; what they do not show stays as the material has it."""
    changes = {"method": fields["method"]}
    if fields["stepping"] == "fixed":
        changes["step"] = number(fields, "step")
    elif fields["method"] == "euler":
        raise RequestError("Euler's method has no error estimate to adapt its steps by: choose fixed steps for it.")
    else:
        changes["step"] = None
        if (tolerance := number(fields, "tolerance")) != config.solver.rtol:
            changes |= {"rtol": tolerance, "atol": tolerance}
    try:
        return from_json(SolverConfig, {**dataclasses.asdict(config.solver), **changes}, "solver")
    except ConfigError as error:
        raise RequestError(str(error)) from error


def number(fields: dict[str, Any], name: str) -> float:
    """A finite number out of a field; an empty one raises RequestError."""
    value = fields[name]
    if not isinstance(value, int | float) or isinstance(value, bool) or value != value:
        raise RequestError(f"{name.capitalize()} has to be a number.")
    if not -MOST <= value <= MOST:  # a whole number may be one that no float can be
        raise RequestError(f"{name.capitalize()} has to be a number from {-MOST:g} to {MOST:g}.")
    return float(value)


def whole_number(fields: dict[str, Any], name: str) -> int:
    """A whole number out of a field; anything else raises RequestError."""
    value = number(fields, name)
    if value != int(value):
        raise RequestError(f"{name.capitalize()} has to be a whole number: {value:g} is not, {round(value)} is.")
    return int(value)
