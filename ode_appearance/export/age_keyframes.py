"""Keyframes of an export with painted ages, and their memory."""

import dataclasses
import math
from collections.abc import Sequence

import numpy as np
from jaxtyping import Array, Float

from ..config.request_checks import MAX_SPANS, check_times
from ..config.schema import MaterialConfig
from ..errors import RequestError
from ..models.material import map_channels
from ..rendering.age_map import Ages, check_ages
from ..rendering.aov import LIT
from ..runtime.memory_budget import free_host_bytes
from .export_config import ExportConfig

ModelTimes = Float[np.ndarray, " _"]

SPACING = 1 / 64
"""Spacing of default keyframes as a share of the exemplar's span; a third of it in the warm-up, which changes faster."""
MAX_FRAME_KEYFRAMES = 64
"""Up to this number of frames, the default keyframes include the frames' own times."""
_FLOAT_BYTES = 4


@dataclasses.dataclass(frozen=True)
class AgeKeyframes:
    """Painted ages, and times of the keyframes that maps are blended between."""

    ages: Ages
    """Model time ahead of each place."""
    keyframes: ModelTimes
    needs_heights: bool = False
    """Whether the height range of the surface without ages is required, too."""

    @property
    def range(self) -> tuple[np.float32, np.float32]:
        """Minimum and maximum age that is required."""
        low, high = self.ages.min(), self.ages.max()
        return (min(low, np.float32(0)), max(high, np.float32(0))) if self.needs_heights else (low, high)

    def restricted_to(self, times: ModelTimes) -> "AgeKeyframes":
        """The same with only the keyframes that frames at these times need."""
        low, high = self.range
        first = max(np.searchsorted(self.keyframes, times[0] + low, side="right") - 1, 0)
        last = np.searchsorted(self.keyframes, times[-1] + high) + 1
        return dataclasses.replace(self, keyframes=self.keyframes[min(first, len(self.keyframes) - 1) : last])

    def max_held(self, times: ModelTimes) -> int:
        """Maximum number of keyframes in memory at a time."""
        low, high = self.range
        first = np.searchsorted(self.keyframes, times + low, side="right") - 1
        last = np.searchsorted(self.keyframes, times + high)
        return int((np.minimum(last, len(self.keyframes) - 1) - np.maximum(first, 0)).max()) + 1


def default_keyframes(config: MaterialConfig, times: ModelTimes, ages: Ages) -> ModelTimes:
    """Closely spaced keyframes over all times that the ages reach.

    Few frames' own times are included, so that places without age are exact.

    Args:
        config: The material.
        times: Model times of the frames, ascending.
        ages: (height, width), model time ahead.
    """
    begin, duration = config.first_time, config.times.duration
    # No keyframes are needed beyond the times that can be solved.
    first = float(np.clip(times[0] + ages.min(), begin, MAX_SPANS * duration))
    last = float(np.clip(times[-1] + ages.max(), begin, MAX_SPANS * duration))
    parts = [times if len(times) <= MAX_FRAME_KEYFRAMES else times[[0, -1]]]
    for start, end, spacing in ((first, min(last, 0.0), SPACING / 3), (max(first, 0.0), last, SPACING)):
        if start <= end:
            parts.append(np.linspace(start, end, 1 + math.ceil((end - start) / (spacing * duration)), dtype=np.float32))
    return np.unique(np.concatenate(parts)).astype(np.float32)


def age_keyframe_bytes(config: MaterialConfig, size: tuple[int, int], keyframes: int) -> int:
    """Bytes of the maps of `keyframes` keyframes of `size` (width, height) in memory."""
    channels = sum(count for _, count in map_channels(config)) + (0 if config.brdf is None else 3)
    return _FLOAT_BYTES * channels * size[0] * size[1] * keyframes


def check_age_memory(config: MaterialConfig, size: tuple[int, int], aging: AgeKeyframes, times: ModelTimes) -> None:
    """Raise RequestError (code "memory") where the keyframes that are held together do not fit into memory."""
    held = aging.max_held(times)
    needed, free = age_keyframe_bytes(config, size, held), free_host_bytes()
    if needed > free:
        raise RequestError(
            f"These ages need {held} keyframes of {size[0]}x{size[1]} in memory at a time, about {needed / 1e9:.1f} GB, but "
            f"{free / 1e9:.1f} GB are free: paint a smaller range of ages, give fewer keyframes, or choose a smaller size.",
            code="memory",
        )


def check_age_keyframes(
    material: MaterialConfig,
    config: ExportConfig,
    age: Array | np.ndarray | None,
    keyframes: Sequence[float] | np.ndarray | None,
    times: ModelTimes,
    size: tuple[int, int],
    channel: str = LIT,
) -> AgeKeyframes | None:
    """Check painted ages and their keyframes.

    Args:
        material: The material.
        config: The form of the export.
        age: (height, width), model time ahead; None: nothing is painted.
        keyframes: Model times; None: `default_keyframes`.
        times: Model times of the frames, ascending.
        size: (width, height) in pixels.
        channel: The channel of images.

    Returns:
        The ages and required keyframes; None where all ages are 0.

    Raises:
        RequestError: For invalid ages, keyframes that do not include the frames' times, and keyframes that exceed memory.
    """
    if age is None:
        return None
    ages = check_ages(age, (size[1], size[0]))
    if not ages.any():
        return None
    if config.format == "states":
        raise RequestError("States cannot have painted ages: export images or maps.", code="states")
    known = default_keyframes(material, times, ages) if keyframes is None else check_times(material, keyframes)
    if not known[0] <= times[0] or not times[-1] <= known[-1]:
        raise RequestError(
            f"The keyframes, from time {known[0]:g} to {known[-1]:g}, do not include the frames, from {times[0]:g} to "
            f"{times[-1]:g}.",
            code="out-of-range",
        )
    aging = AgeKeyframes(ages, known, needs_heights=channel == "height").restricted_to(times)
    check_age_memory(material, size, aging, times)
    return aging
