"""From an image of any size and mode to the square 8-bit sRGB frame to learn from."""

import numpy as np
from jaxtyping import UInt8
from PIL import Image, ImageChops

from ...errors import ExemplarError
from .deep_pixels import DeepPicture
from .icc_profile import icc_to_srgb
from .image_opening import COLOURS


def square_frame(
    picture: Image.Image | DeepPicture, size: int, bits: int = 16
) -> tuple[UInt8[np.ndarray, "3 size size"], str | None]:
    """Crop the central square and resize it by Pillow's antialiased bicubic filter, as published, in sRGB.

    Args:
        picture: The decoded image. Grey values become equal red, green and blue; transparency is composited over black.
        size: Side of the frame in pixels.
        bits: For 16 bits a channel: number of used bits, whose largest number becomes 255.

    Returns:
        The frame, and a note on its colours or None.

    Raises:
        ExemplarError: For floating-point numbers; code "number-format".
    """
    if not isinstance(picture, DeepPicture) and picture.mode.startswith("I;16"):
        picture = DeepPicture(picture, None, 65535, 16)
    if isinstance(picture, DeepPicture):
        picture = picture.in_eight_bits(bits)
    ignored = picture.info.get(COLOURS)
    picture = _opaque(picture)
    width, height = picture.size
    side = min(width, height)
    # As in the published code, Pillow rounds each edge of this box, halves to even: with an odd margin and an odd side, the
    # crop is one pixel wider or narrower than its side.
    picture = picture.crop(((width - side) / 2, (height - side) / 2, (width + side) / 2, (height + side) / 2))
    if picture.size != (size, size):
        picture = picture.resize((size, size), Image.Resampling.BICUBIC)
    picture, note = icc_to_srgb(picture)  # last: of few pixels
    return np.ascontiguousarray(np.asarray(picture).transpose(2, 0, 1)), note or ignored


def _opaque(picture):
    """Convert to RGB, grey (L) or CMYK, over black."""
    mode, info = picture.mode, picture.info
    if mode == "F":
        raise ExemplarError("The image has floating-point numbers; save it with 8 or 16 bits a channel.", code="number-format")
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
        if mode == "LAB":  # Pillow has converted it by a profile of its own
            return picture
    picture.info = info
    return picture
