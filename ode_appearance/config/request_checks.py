"""Checks of a request (size, times, tiles, surface) before a material is solved."""

import math
from collections.abc import Sequence
from typing import get_args

import numpy as np
from jaxtyping import Float

from ..errors import RequestError
from .schema import MaterialConfig, SolverConfig, Surface, SurfaceKind

MAX_PIXELS = 4096 * 4096
MAX_SPANS = 100
"""Maximum end of a solve, in durations of the exemplar."""


def check_size(config: MaterialConfig, size: tuple[int, int]) -> tuple[int, int]:
    """(width, height) as integers; RequestError with the nearest possible size if the size is not possible."""
    try:
        width, height = (int(length) for length in size)
        exact = (width, height) == tuple(size)
    except (TypeError, ValueError, OverflowError):
        exact = False
        width, height = 128, 128
    factor = config.architecture.downsampling
    # GroupNorm and attention need more than one pixel on the coarsest level.
    minimum = 2 * factor
    possible = tuple(max(minimum, (length + factor // 2) // factor * factor) for length in (width, height))
    if math.prod(possible) > MAX_PIXELS:
        largest = _by(largest_like(config, possible, MAX_PIXELS))
        raise RequestError(f"{_by(size)} is more than {MAX_PIXELS:,} pixels; the largest of that shape is {largest}.")
    if not exact or possible != (width, height):
        raise RequestError(
            f"Width and height have to be whole multiples of {factor}, at least {minimum}, for {config.name}: "
            f"{_by(size)} is not possible, {_by(possible)} is."
        )
    return width, height


def largest_like(config: MaterialConfig, size: tuple[int, int], pixels: int) -> tuple[int, int]:
    """The largest possible size of about the same aspect ratio with at most `pixels` pixels."""
    factor = config.architecture.downsampling
    short, long = sorted(size)
    short = max(2 * factor, math.isqrt(pixels * short // long) // factor * factor)
    long = max(2 * factor, min(long, pixels // short) // factor * factor)
    return (long, short) if size[0] > size[1] else (short, long)


def check_tiles(size: tuple[int, int], tiles: tuple[int, int]) -> tuple[int, int]:
    """(across, down) as integers; RequestError if they are not possible for a state of `size` (width, height)."""
    try:
        across, down = (int(count) for count in tiles)
        possible = (across, down) == tuple(tiles) and min(across, down) >= 1
    except (TypeError, ValueError, OverflowError):
        across, down, possible = 1, 1, False
    if not possible:
        raise RequestError(f"Tiles are two whole numbers from 1, across and down: {_by(tiles)} is not possible.")
    if math.prod(size) * across * down > MAX_PIXELS:
        raise RequestError(f"{_by(tiles)} tiles of {_by(size)} are more than {MAX_PIXELS:,} pixels: ask for fewer.")
    return across, down


def picture_size(size: tuple[int, int], tiles: tuple[int, int], surface: Surface = Surface()) -> tuple[int, int]:
    """(width, height) of a picture of a state of `size` in `tiles`; for a solid, a square of the longer side.

    Raises:
        RequestError: the tiles, the surface or the picture's size are not possible.
    """
    across, down = check_tiles(size, tiles)
    check_surface(surface)
    width, height = size[0] * across, size[1] * down
    if surface.kind == "flat":
        return width, height
    side = max(width, height)
    if side**2 > MAX_PIXELS:
        raise RequestError(f"A picture of a {surface.kind} of {side}x{side} is more than {MAX_PIXELS:,} pixels.")
    return side, side


def check_surface(surface: Surface) -> None:
    """Raise RequestError for an invalid surface."""
    kind = getattr(surface, "kind", surface)  # a caller may pass the name of a kind
    if kind is surface or kind not in get_args(SurfaceKind):
        raise RequestError(f"A surface is a Surface: {' or '.join(get_args(SurfaceKind))}, not {str(kind)[:20]!r}.")
    if kind != "flat" and not (len(surface.turn) == 2 and np.isfinite(surface.turn).all()):
        raise RequestError("A solid is turned by two finite angles.")


def _by(size) -> str:
    try:
        return size[:20] if isinstance(size, str) else "x".join(str(length)[:20] for length in size)
    except (TypeError, ValueError):
        return "that"


def check_times(config: MaterialConfig, times: Sequence[float] | np.ndarray) -> Float[np.ndarray, " n"]:
    """The unique times, ascending.

    Raises:
        RequestError: there are none, or one is before the start or after MAX_SPANS durations.
    """
    try:
        result = np.asarray(list(times), np.float64).ravel()
    except (TypeError, ValueError, OverflowError) as error:
        raise RequestError("Times are a list of numbers.") from error
    first, last = config.first_time, MAX_SPANS * config.times.duration
    if result.size == 0 or not np.isfinite(result).all():
        raise RequestError("Give at least one time, and only finite ones.")
    # Snap times that differ from the start or the limit by rounding only.
    for bound in (first, last):
        result[np.abs(result - bound) < 1e-5 * max(1.0, abs(bound))] = bound
    if result.min() < first:
        origin = "noise" if config.start == "noise" else "a piece of its exemplar"
        raise RequestError(
            f"{config.name} starts from {origin} at time {first:g}: time {result.min():g} is before it; "
            f"the nearest time is {first:g}."
        )
    if result.max() > last:
        raise RequestError(
            f"Time {result.max():g} is too far beyond the end of {config.name}'s exemplar ({config.times.duration:g}); "
            f"the nearest possible time is {last:g}."
        )
    return np.unique(result.astype(np.float32))


def effective_step(config: MaterialConfig, solver: SolverConfig) -> float | None:
    """The fixed step of a solve, shortened so that whole steps fill the time from the start to the end of the span; or None."""
    if solver.fixed_step is None:
        return None
    span = config.times.duration - config.first_time
    return span / math.ceil(span / solver.fixed_step * (1 - 1e-6))
