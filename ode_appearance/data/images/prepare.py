"""From a picture of any size and mode to the square 8-bit sRGB frame that is learnt from."""

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageChops

from ...errors import ExemplarError
from .deep_pixels import DeepPicture
from .icc_profile import to_srgb
from .opening import COLOURS


def square_frame(picture: Image.Image | DeepPicture, size: int, bits: int = 16) -> UInt8[np.ndarray, "3 size size"]:
    """The picture's central square, resized to size x size by Pillow's antialiased bicubic filter, as published.

    Grey values become equal red, green and blue; of a picture of 16 bits a channel, the largest number of `bits` bits becomes
    255; transparent pixels are composited over black; colours are converted to sRGB by the picture's ICC profile.
    """
    return frame_and_remark(picture, size, bits)[0]


def frame_and_remark(
    picture: Image.Image | DeepPicture, size: int, bits: int = 16
) -> tuple[UInt8[np.ndarray, "3 size size"], str | None]:
    """`square_frame`, and a sentence on what was done to its colours, or was not, where there is something to say."""
    if not isinstance(picture, DeepPicture) and picture.mode.startswith("I;16"):
        picture = DeepPicture(picture, None, 65535, 16)
    if isinstance(picture, DeepPicture):
        picture = picture.in_eight_bits(bits)
    said = picture.info.get(COLOURS)
    picture = _opaque(picture)
    width, height = picture.size
    side = min(width, height)
    # Pillow rounds each edge of this box, halves to even, as in the published code: with an odd margin and an odd side, the
    # crop is one pixel wider or narrower than its side.
    picture = picture.crop(((width - side) / 2, (height - side) / 2, (width + side) / 2, (height + side) / 2))
    if picture.size != (size, size):
        picture = picture.resize((size, size), Image.Resampling.BICUBIC)
    picture, remark = to_srgb(picture)  # of as few pixels as are needed
    return np.ascontiguousarray(np.asarray(picture).transpose(2, 0, 1)), remark or said


def _opaque(picture):
    """In RGB, grey (L) or CMYK, over black."""
    mode, info = picture.mode, picture.info
    if mode == "F":
        raise ExemplarError("The picture holds floating-point numbers; save it with 8 or 16 bits a channel.")
    if mode in ("LA", "La"):
        picture = picture.convert("LA")
        picture = ImageChops.multiply(picture.getchannel("L"), picture.getchannel("A"))
    elif picture.has_transparency_data:
        picture = picture.convert("RGBA")
        picture = Image.alpha_composite(Image.new("RGBA", picture.size, "black"), picture).convert("RGB")
    elif mode in ("1", "L"):
        picture = picture.convert("L")
    elif mode not in ("RGB", "CMYK"):
        picture = picture.convert("RGB")
        if mode == "LAB":  # which Pillow converted by a profile of its own
            return picture
    picture.info = info
    return picture
