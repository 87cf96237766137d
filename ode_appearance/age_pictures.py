"""The age map as a grey picture, as the viewer imports and exports it (viewer/web/age-files.js).

Of 8 bits, 128 is no age at all, 255 one span of the exemplar ahead and 1 one span behind; of 16 bits 256 times as finely.
"""

from pathlib import Path

import numpy as np
from jaxtyping import Float
from PIL import Image

from .aging import Ages
from .errors import RequestError

MIDDLE, SPAN = 128, 127
"""The level of no age, and how many levels one span takes, of 255."""


def usual_range(span: float) -> tuple[float, float]:
    """The ages that black and white stand for, where white is one `span` of model time."""
    return -MIDDLE / SPAN * span, span


def grey_of_ages(ages: Ages, span: float) -> tuple[Float[np.ndarray, "h w"], tuple[float, float]]:
    """Ages as grey in [0, 1], and what black and white stand for: the usual range, or a wider one where they do not fit."""
    low, high = usual_range(max(span, float(ages.max()), -float(ages.min()) * SPAN / MIDDLE))
    return (ages - np.float32(low)) / np.float32(high - low), (low, high)


def read_ages(path: Path, size: tuple[int, int], range: tuple[float, float]) -> Ages:
    """The ages in a picture for a state of `size` (width, height), to which it is stretched; black and white are the ends of
    `range`. Of a coloured one red, green and blue are averaged; what is transparent has no age. Raises RequestError.
    """
    try:
        with Image.open(path) as picture:
            grey, opacity = _levels(picture)
    except FileNotFoundError as error:
        raise RequestError(f"There is no file {path}.") from error
    except (OSError, ValueError, Image.DecompressionBombError) as error:
        raise RequestError(f"{path} is not a picture that can be read: {error}.") from error
    ages = (range[0] + grey * (range[1] - range[0])) * opacity
    stretched = Image.fromarray(ages.astype(np.float32)).resize(size, Image.Resampling.BILINEAR)
    return np.asarray(stretched, np.float32)


def _levels(picture):
    """Grey and opacity of every pixel, in [0, 1]."""
    if picture.mode.startswith("I"):
        return np.asarray(picture, np.float32) / 65535, 1.0
    colours = np.asarray(picture.convert("RGBA"), np.float32) / 255
    return colours[..., :3].mean(axis=2), colours[..., 3]
