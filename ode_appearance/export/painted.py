"""Which keyframes an export with painted ages is made of, and whether they fit into memory."""

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

Moments = Float[np.ndarray, " _"]

SPACING = 1 / 64
"""Of keyframes that nobody gave, as a share of the exemplar's span; in the warm-up, where more happens, a third of it."""
MOST_OWN = 64
"""Frames whose own times are keyframes then too."""
_FLOAT_BYTES = 4


@dataclasses.dataclass(frozen=True)
class Aging:
    """Model time that each place is ahead, and the times of the keyframes between which its maps are blended."""

    ages: Ages
    keyframes: Moments
    ranged: bool = False
    """Whether the heights of the surface as it is without ages are wanted, too."""

    @property
    def range(self) -> tuple[np.float32, np.float32]:
        """The least and the greatest age that is wanted."""
        least, most = self.ages.min(), self.ages.max()
        return (min(least, np.float32(0)), max(most, np.float32(0))) if self.ranged else (least, most)

    def reached_from(self, times: Moments) -> "Aging":
        """The same with the keyframes alone that frames at these times are made of."""
        least, most = self.range
        first = max(np.searchsorted(self.keyframes, times[0] + least, side="right") - 1, 0)
        last = np.searchsorted(self.keyframes, times[-1] + most) + 1
        return dataclasses.replace(self, keyframes=self.keyframes[min(first, len(self.keyframes) - 1) : last])

    def held(self, times: Moments) -> int:
        """How many keyframes are in memory together, at most."""
        least, most = self.range
        first = np.searchsorted(self.keyframes, times + least, side="right") - 1
        last = np.searchsorted(self.keyframes, times + most)
        return int((np.minimum(last, len(self.keyframes) - 1) - np.maximum(first, 0)).max()) + 1


def usual_keyframes(config: MaterialConfig, times: Moments, ages: Ages) -> Moments:
    """Keyframes for frames at ascending times: close to each other over all that the ages reach from there, and where the
    frames are few their own times too, so that what is not painted is as without."""
    begin, duration = config.first_time, config.times.duration
    # Where no age leads beyond what can be solved, no keyframe has to be there.
    first = float(np.clip(times[0] + ages.min(), begin, MAX_SPANS * duration))
    last = float(np.clip(times[-1] + ages.max(), begin, MAX_SPANS * duration))
    parts = [times if len(times) <= MOST_OWN else times[[0, -1]]]
    for start, end, spacing in ((first, min(last, 0.0), SPACING / 3), (max(first, 0.0), last, SPACING)):
        if start <= end:
            parts.append(np.linspace(start, end, 1 + math.ceil((end - start) / (spacing * duration)), dtype=np.float32))
    return np.unique(np.concatenate(parts)).astype(np.float32)


def aging_bytes(config: MaterialConfig, size: tuple[int, int], keyframes: int) -> int:
    """Bytes that the maps of so many keyframes of `size` (width, height) take in memory."""
    channels = sum(count for _, count in map_channels(config)) + (0 if config.brdf is None else 3)
    return _FLOAT_BYTES * channels * size[0] * size[1] * keyframes


def check_aging_memory(config: MaterialConfig, size: tuple[int, int], aging: Aging, times: Moments) -> None:
    """Raise RequestError where keyframes that have to be held together do not fit into memory."""
    held = aging.held(times)
    needed, free = aging_bytes(config, size, held), free_host_bytes()
    if needed > free:
        raise RequestError(
            f"These ages take {held} keyframes of {size[0]}x{size[1]} in memory at a time, about {needed / 1e9:.1f} GB, but "
            f"{free / 1e9:.1f} GB are free: paint a smaller range of ages, give fewer keyframes, or choose a smaller size."
        )


def check_aging(
    material: MaterialConfig,
    config: ExportConfig,
    age: Array | np.ndarray | None,
    keyframes: Sequence[float] | np.ndarray | None,
    times: Moments,
    size: tuple[int, int],
    channel: str = LIT,
) -> Aging | None:
    """The ages with the keyframes that frames at these times are made of; None where nothing is painted.

    Raises RequestError for ages that do not fit, keyframes that do not reach the times, and what memory cannot hold.
    """
    if age is None:
        return None
    ages = check_ages(age, (size[1], size[0]))
    if not ages.any():
        return None
    if config.format == "states":
        raise RequestError("A state has one time: ages can be painted on pictures and maps, and not be exported with states.")
    known = usual_keyframes(material, times, ages) if keyframes is None else check_times(material, keyframes)
    if not known[0] <= times[0] or not times[-1] <= known[-1]:
        raise RequestError(
            f"The keyframes reach from time {known[0]:g} to {known[-1]:g}, and the frames from {times[0]:g} to {times[-1]:g}."
        )
    aging = Aging(ages, known, ranged=channel == "height").reached_from(times)
    check_aging_memory(material, size, aging, times)
    return aging
