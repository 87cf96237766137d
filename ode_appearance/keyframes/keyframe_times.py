"""Model times and number of keyframes for a range."""

import itertools

import numpy as np

from ..config.schema import Kind, Times
from ..errors import RequestError
from .codec import bytes_per_pixel

DEFAULT_COUNT, MIN_COUNT, MAX_COUNT = 64, 2, 256
"""Keyframes of a range: default (interpolation is accurate to 50 dB), minimum, and maximum (WebGL2 array layers)."""
DEFAULT_GRAPHICS_BYTES, MAX_GRAPHICS_BYTES = 128 << 20, 1 << 30
"""Graphics memory of all keyframes: default limit and maximum."""

# Keyframes per model time in the warm-up relative to later: noise changes much faster than the material ages.
WARMUP_DENSITY = 3.0


def default_count(kind: Kind, size: tuple[int, int]) -> int:
    """The default number of keyframes for states of `size` (width, height); fewer at large sizes."""
    return min(max(_fitting(kind, size, DEFAULT_GRAPHICS_BYTES), 8), DEFAULT_COUNT)


def keyframe_times(times: Times, start: float, end: float, count: int) -> list[float]:
    """Keyframe times of a range, denser in the warm-up.

    Args:
        times: The material's times; the bounds of the exemplar's span become keyframes.
        start: Model time of the first keyframe.
        end: Model time of the last keyframe.
        count: Number of keyframes.

    Raises:
        RequestError: Where `end` is not after `start`. Code "empty-range".
    """
    if not end > start:
        raise RequestError(f"The range from {start:g} to {end:g} is empty: choose an end after the start.", code="empty-range")
    inner = [bound for bound in (0.0, times.duration) if start < bound < end]
    bounds = [start, *inner[: max(count - 2, 0)], end]
    densities = [WARMUP_DENSITY if stop <= 0 else 1.0 for stop in bounds[1:]]
    weights = np.diff(bounds) * densities
    # Each part has at least one interval; the others go where intervals are longest.
    intervals = np.ones(len(weights), int)
    for _ in range(max(count, MIN_COUNT) - 1 - len(weights)):
        intervals[np.argmax(weights / intervals)] += 1
    parts = [np.linspace(*span, n + 1)[:-1] for span, n in zip(itertools.pairwise(bounds), intervals, strict=True)]
    return np.array([*np.concatenate(parts), end], np.float32).tolist()


def check_count(kind: Kind, size: tuple[int, int], count: int) -> int:
    """Return `count`, or raise RequestError (code "out-of-range") with the nearest possible number of keyframes."""
    limit = min(max(_fitting(kind, size, MAX_GRAPHICS_BYTES), MIN_COUNT), MAX_COUNT)
    if MIN_COUNT <= count <= limit:
        return count
    nearest = min(max(count, MIN_COUNT), limit)
    raise RequestError(
        f"{count} keyframes of {size[0]}x{size[1]} are not possible, {nearest} are: a range has {MIN_COUNT} to {MAX_COUNT} "
        f"keyframes, and at most {MAX_GRAPHICS_BYTES >> 20:,} MB of them.",
        code="out-of-range",
    )


def _fitting(kind, size, limit):
    return limit // (size[0] * size[1] * bytes_per_pixel(kind))
