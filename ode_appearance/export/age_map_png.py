"""The age map as a grey picture, as the viewer imports and exports it (web/scripts/ages/age-map-png.js).

Of 8 bits, 128 is no age at all, 255 one span of the exemplar ahead and 1 one span behind; of 16 bits 256 times as finely.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Float
from PIL import Image, ImageOps

from ..data.images.opening import open_picture
from ..errors import ExemplarError, RequestError
from ..rendering.age_map import Ages
from ..runtime.memory_budget import enough_memory
from ..runtime.regular_files import named

MIDDLE, SPAN = 128, 127
"""The level of no age, and how many levels one span takes, of 255."""
MOST_PIXELS = 4_000_000
"""Of an age picture for a small state."""


def usual_range(span: float) -> tuple[float, float]:
    """The ages that black and white stand for, where white is one `span` of model time."""
    return -MIDDLE / SPAN * span, span


def grey_of_ages(ages: Ages, span: float) -> tuple[Float[np.ndarray, "h w"], tuple[float, float]]:
    """Ages as grey in [0, 1], and what black and white stand for: the usual range, or a wider one where they do not fit."""
    low, high = usual_range(max(span, float(ages.max()), -float(ages.min()) * SPAN / MIDDLE))
    return (ages - np.float32(low)) / np.float32(high - low), (low, high)


def read_ages(path: Path, size: tuple[int, int], range: tuple[float, float]) -> Ages:
    """The ages in a picture for a state of `size` (width, height), to which it is stretched; black and white are the ends of
    `range`. Of a coloured one red, green and blue are averaged; what is transparent has no age.

    It is one of the formats that exemplars have, of at most MOST_PIXELS or as many pixels as the state, which is looked at
    before it is decoded. Raises RequestError.
    """
    what, most = named(Path(path.name)), max(MOST_PIXELS, size[0] * size[1])
    try:
        with enough_memory(size), open_picture(path, what, least=1, most=most) as picture:
            grey, opacity = _levels(ImageOps.exif_transpose(picture), what)
            ages = range[0] + grey * np.float32(range[1] - range[0])
            ages *= opacity
            stretched = Image.fromarray(ages).resize(size, Image.Resampling.BILINEAR)
            return np.asarray(stretched, np.float32)
    except ExemplarError as error:
        raise RequestError(str(error)) from error


def _levels(picture, what):
    """Grey of every pixel, in [0, 1], and opacity, which may be one number for all; float32."""
    if picture.mode == "F":
        raise RequestError(f"{what} holds floating-point numbers; save the ages with 8 or 16 bits.")
    if picture.mode.startswith("I"):
        return np.asarray(picture, np.float32) / np.float32(65535), np.float32(1)
    red, green, blue, opacity = (np.asarray(channel) for channel in picture.convert("RGBA").split())
    total = red.astype(np.float32)
    total += green
    total += blue
    total /= 3 * 255
    return total, opacity.astype(np.float32) / 255
