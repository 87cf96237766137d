"""From a picture of any size and mode to the square 8-bit RGB frame that is learnt from."""

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from ..errors import ExemplarError


def square_frame(picture: Image.Image, size: int) -> UInt8[np.ndarray, "3 size size"]:
    """The picture's central square, resized to size x size by Pillow's antialiased bicubic filter, as published.

    Grey values become equal red, green and blue, 16 bits become 8, transparent pixels are composited over black. Colour
    profiles are ignored: the values are taken as they are stored.
    """
    picture = _as_rgb(picture)
    width, height = picture.size
    side = min(width, height)
    # Pillow rounds each edge of this box, halves to even, as in the published code: with an odd margin and an odd side, the
    # crop is one pixel wider or narrower than its side.
    picture = picture.crop(((width - side) / 2, (height - side) / 2, (width + side) / 2, (height + side) / 2))
    if picture.size != (size, size):
        picture = picture.resize((size, size), Image.Resampling.BICUBIC)
    return np.ascontiguousarray(np.asarray(picture).transpose(2, 0, 1))


def _as_rgb(picture):
    mode = picture.mode
    if mode == "F":
        raise ExemplarError("The picture holds floating-point numbers; save it with 8 or 16 bits a channel.")
    if mode == "I" or mode.startswith("I;16"):
        # Pillow would clip 16-bit greys at 255 instead of scaling them.
        values = np.asarray(picture).astype(np.float32) / 257
        picture = Image.fromarray(np.clip(np.rint(values), 0, 255).astype(np.uint8))
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        return Image.alpha_composite(Image.new("RGBA", picture.size, "black"), picture).convert("RGB")
    return picture.convert("RGB")
