"""Which model times become keyframes, and how many of them a graphics card is asked to hold."""

import itertools

import numpy as np

from ..config.schema import Kind, Times
from ..errors import RequestError
from .codec import bytes_per_pixel

USUAL, LEAST, MOST = 64, 2, 256
"""Keyframes of a range: as many as make blends of two of them good (50 dB), no time at all, and what WebGL2 guarantees."""
USUAL_BYTES, MOST_BYTES = 128 << 20, 1 << 30
"""Graphics memory that keyframes take if nobody asks for more, and at most."""

# Noise turns into material much faster than the material ages: blends in the warm-up need keyframes three times as dense.
WARMUP_DENSITY = 3.0


def usual_count(kind: Kind, size: tuple[int, int]) -> int:
    """The number of keyframes for a state of `size` (width, height): fewer at large sizes."""
    return min(max(_fitting(kind, size, USUAL_BYTES), 8), USUAL)


def keyframe_times(times: Times, start: float, end: float, count: int) -> list[float]:
    """`count` model times from `start` to `end`, both among them, and so are the bounds of the exemplar's span.

    Raises RequestError for a range that does not go forward.
    """
    if not end > start:
        raise RequestError(f"The time range has to end after its start: {end:g} does not lie after {start:g}.")
    inner = [bound for bound in (0.0, times.duration) if start < bound < end]
    bounds = [start, *inner[: max(count - 2, 0)], end]
    densities = [WARMUP_DENSITY if stop <= 0 else 1.0 for stop in bounds[1:]]
    weights = np.diff(bounds) * densities
    # Each part has at least one interval; the others are dealt out where the intervals are longest.
    intervals = np.ones(len(weights), int)
    for _ in range(max(count, LEAST) - 1 - len(weights)):
        intervals[np.argmax(weights / intervals)] += 1
    parts = [np.linspace(*span, n + 1)[:-1] for span, n in zip(itertools.pairwise(bounds), intervals, strict=True)]
    return np.array([*np.concatenate(parts), end], np.float32).tolist()


def check_count(kind: Kind, size: tuple[int, int], count: int) -> int:
    """Raise RequestError where so many keyframes are not possible, with the nearest number that is."""
    most = min(max(_fitting(kind, size, MOST_BYTES), LEAST), MOST)
    if LEAST <= count <= most:
        return count
    nearest = min(max(count, LEAST), most)
    raise RequestError(
        f"{count} keyframes of {size[0]}x{size[1]} are not possible, {nearest} are: a range needs at least {LEAST}, "
        f"and a graphics card is asked for no more than {MOST} of them or {MOST_BYTES >> 20:,} MB."
    )


def _fitting(kind, size, limit):
    return limit // (size[0] * size[1] * bytes_per_pixel(kind))
