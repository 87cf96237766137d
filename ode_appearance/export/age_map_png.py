"""The age map as a grey image, as the viewer imports and exports it (web/scripts/ages/age-map-png.js).

In 8 bits, 128 is age 0, 255 one exemplar span ahead and 1 one span behind; 16 bits are 256 times as fine.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Float
from PIL import Image, ImageOps

from ..data.images.image_opening import open_image
from ..errors import ExemplarError, RequestError
from ..rendering.age_map import Ages
from ..runtime.memory_budget import enough_memory
from ..runtime.regular_files import display_path

MIDDLE, SPAN = 128, 127
"""Grey level of age 0, and levels of one span, of 255."""
MAX_AGE_PIXELS = 4_000_000
"""Pixel limit of an age image for a small state."""


def default_range(span: float) -> tuple[float, float]:
    """Ages (model time) of black and white, where white is one `span`."""
    return -MIDDLE / SPAN * span, span


def ages_to_grey(ages: Ages, span: float) -> tuple[Float[np.ndarray, "h w"], tuple[float, float]]:
    """Convert ages to grey.

    Args:
        ages: (height, width), model time ahead.
        span: Model time of the exemplar.

    Returns:
        Grey in [0, 1], and the ages of black and white: the default range, or a wider one where the ages exceed it.
    """
    low, high = default_range(max(span, float(ages.max()), -float(ages.min()) * SPAN / MIDDLE))
    return (ages - np.float32(low)) / np.float32(high - low), (low, high)


def read_age_image(path: Path, size: tuple[int, int], range: tuple[float, float]) -> Ages:
    """Read an age image, stretched to the size of a state.

    Colours are averaged over red, green and blue; transparent pixels have age 0.

    Args:
        path: An image in a format of exemplars, of at most MAX_AGE_PIXELS, or as many pixels as the state.
        size: (width, height) of the state in pixels.
        range: Ages of black and white.

    Raises:
        RequestError: Where the image cannot be read.
    """
    what, max_pixels = display_path(Path(path.name)), max(MAX_AGE_PIXELS, size[0] * size[1])
    try:
        with enough_memory(size), open_image(path, what, min_side=1, max_pixels=max_pixels) as picture:
            grey, opacity = _levels(ImageOps.exif_transpose(picture), what)
            ages = range[0] + grey * np.float32(range[1] - range[0])
            ages *= opacity
            stretched = Image.fromarray(ages).resize(size, Image.Resampling.BILINEAR)
            return np.asarray(stretched, np.float32)
    except ExemplarError as error:
        raise RequestError(str(error), code=error.code) from error


def _levels(picture, what):
    """Grey of every pixel, in [0, 1], and opacity (an array or one number); float32."""
    if picture.mode == "F":
        raise RequestError(f"{what} has floating-point numbers; save the ages with 8 or 16 bits.")
    if picture.mode.startswith("I"):
        return np.asarray(picture, np.float32) / np.float32(65535), np.float32(1)
    red, green, blue, opacity = (np.asarray(channel) for channel in picture.convert("RGBA").split())
    total = red.astype(np.float32)
    total += green
    total += blue
    total /= 3 * 255
    return total, opacity.astype(np.float32) / 255
