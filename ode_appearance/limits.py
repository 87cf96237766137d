"""What can be asked of a material: sizes, times and solvers, checked before anything is solved."""

import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from .config import MaterialConfig, SolverConfig
from .errors import RequestError

MAX_PIXELS = 4096 * 4096
MAX_SPANS = 100
"""How many times the exemplar's duration a solve may reach."""


def check_size(config: MaterialConfig, size: tuple[int, int]) -> tuple[int, int]:
    """(width, height) as whole numbers; raises RequestError with the nearest possible size otherwise."""
    try:
        width, height = (int(length) for length in size)
        exact = (width, height) == tuple(size)
    except (TypeError, ValueError):
        exact = False
        width, height = 128, 128
    factor = config.architecture.downsampling
    # GroupNorm and the attention need more than a pixel on the coarsest level.
    least = 2 * factor
    if exact and width * height > MAX_PIXELS:
        scale = math.sqrt(MAX_PIXELS / (width * height))
        fits = tuple(max(least, int(length * scale) // factor * factor) for length in (width, height))
        raise RequestError(f"{width}x{height} is more than {MAX_PIXELS:,} pixels; the largest of that shape is {_by(fits)}.")
    nearest = tuple(max(least, round(length / factor) * factor) for length in (width, height))
    if not exact or nearest != (width, height):
        raise RequestError(
            f"Width and height have to be whole multiples of {factor}, at least {least}, for {config.name}: "
            f"{_by(size)} is not possible, {_by(nearest)} is."
        )
    return width, height


def _by(size) -> str:
    try:
        return "x".join(str(length) for length in size)
    except TypeError:
        return str(size)


def check_times(config: MaterialConfig, times: Sequence[float]) -> Float[np.ndarray, " n"]:
    """The times ascending, each once; raises RequestError for none, for one before the noise or too far beyond."""
    try:
        wanted = np.unique(np.asarray(list(times), np.float64).ravel()).astype(np.float32)
    except (TypeError, ValueError) as error:
        raise RequestError(f"Times are a list of numbers, not {times!r}.") from error
    first, last = -config.times.warmup, MAX_SPANS * config.times.duration
    if wanted.size == 0 or not np.isfinite(wanted).all():
        raise RequestError("Give at least one time, and only finite ones.")
    # A time that is the start but for float32 rounding is the start.
    wanted[np.abs(wanted - first) < 1e-6 * max(1.0, abs(first))] = first
    if wanted[0] < np.float32(first):
        raise RequestError(
            f"{config.name} starts as noise at time {first:g}: nothing lies at {wanted[0]:g}; the nearest time is {first:g}."
        )
    if wanted[-1] > last:
        raise RequestError(
            f"Time {wanted[-1]:g} is too far beyond the end of {config.name}'s exemplar ({config.times.duration:g}); "
            f"the nearest possible time is {last:g}."
        )
    return wanted


def effective_step(config: MaterialConfig, solver: SolverConfig) -> float | None:
    """The fixed step in force: the one asked for, shortened so that whole steps fill the warm-up and the exemplar's span."""
    if solver.fixed_step is None:
        return None
    span = config.times.warmup + config.times.duration
    return span / math.ceil(span / solver.fixed_step * (1 - 1e-6))
