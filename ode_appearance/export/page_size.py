"""How large an exported page will be, before anything is solved."""

import functools
from collections.abc import Sequence

import numpy as np

from ..config.schema import MaterialConfig
from ..web import assets

# Of keyframes in light quality at 64x64 and 128x128, from 4 to 60 of them, of nine shipped materials: bytes a pixel.
_FIRST_NOISE = {"rgb": 1.48, "svbrdf": 6.85}
"""The first keyframe, at the start of the warm-up."""
_FIRST = {"rgb": 0.95, "svbrdf": 4.7}
"""The first keyframe at a later time."""
_CHANGE = {"rgb": 1.6, "svbrdf": 6.8}
"""A keyframe that follows one which is the exemplar's whole span earlier."""
_EXPONENT = 0.4
"""Of the share of the span that lies between two keyframes: one after a shorter time differs in less."""
_WARMUP = 2.7
"""How many times as much changes in the same time of the warm-up."""
_BASE64 = 4 / 3


def page_bytes(material: MaterialConfig, times: Sequence[float] | np.ndarray, size: tuple[int, int]) -> int:
    """About how many bytes a page with keyframes of ascending model `times` and of `size` (width, height) takes.

    Within a third for textures like those of the published data.
    """
    times = np.asarray(times, np.float64)
    noise = times[0] < -0.5 * material.times.warmup
    first = (_FIRST_NOISE if noise else _FIRST)[material.kind]
    changes = _CHANGE[material.kind] * (np.diff(times) / material.times.duration) ** _EXPONENT
    changes = np.where((times[1:] + times[:-1]) / 2 < 0, _WARMUP * changes, changes)
    # No keyframe has more than all of its numbers anew.
    changes = np.minimum(changes, _FIRST_NOISE[material.kind])
    return int(size[0] * size[1] * (first + changes.sum()) * _BASE64) + _viewer_bytes()


@functools.cache
def _viewer_bytes() -> int:
    return len((assets.bundle("viewer") + assets.viewer_style() + assets.text("styles/standalone.css")).encode())
