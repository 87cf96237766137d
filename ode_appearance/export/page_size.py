"""Size estimate of an exported page, before anything is solved."""

import functools
from collections.abc import Sequence

import numpy as np

from ..config.schema import MaterialConfig
from ..web import assets

# Bytes a pixel of keyframes in light quality, measured on nine shipped materials at 64x64 and 128x128, 4 to 60 keyframes.
_FIRST_NOISE = {"rgb": 1.48, "svbrdf": 6.85}
"""The first keyframe, at the start of the warm-up."""
_FIRST = {"rgb": 0.95, "svbrdf": 4.7}
"""The first keyframe at a later time."""
_CHANGE = {"rgb": 1.6, "svbrdf": 6.8}
"""A keyframe that is one exemplar span after the previous one."""
_EXPONENT = 0.4
"""Exponent of the time between two keyframes as a share of the span: shorter steps change less."""
_WARMUP = 2.7
"""Factor of the change during the warm-up."""
_BASE64 = 4 / 3


def page_bytes(material: MaterialConfig, times: Sequence[float] | np.ndarray, size: tuple[int, int]) -> int:
    """Estimated size of a page, within a third for textures like those of the published data.

    Args:
        material: The material.
        times: Model times of the keyframes, ascending.
        size: (width, height) in pixels.

    Returns:
        Bytes.
    """
    times = np.asarray(times, np.float64)
    noise = times[0] < -0.5 * material.times.warmup
    first = (_FIRST_NOISE if noise else _FIRST)[material.kind]
    changes = _CHANGE[material.kind] * (np.diff(times) / material.times.duration) ** _EXPONENT
    changes = np.where((times[1:] + times[:-1]) / 2 < 0, _WARMUP * changes, changes)
    # No change is larger than a complete keyframe.
    changes = np.minimum(changes, _FIRST_NOISE[material.kind])
    return int(size[0] * size[1] * (first + changes.sum()) * _BASE64) + _viewer_bytes()


@functools.cache
def _viewer_bytes() -> int:
    return len((assets.bundle("viewer") + assets.viewer_style() + assets.text("styles/standalone.css")).encode())
