"""Images with 16 bits a channel, and how many of their bits are used.

Cameras with 10 or 12 bits store values in the low bits of 16, which would look nearly black. Pillow keeps 16 bits for grey
images only; for colour images it decodes the high bytes, or, by another raw mode, the low bytes.
"""

import contextlib
import dataclasses
import re
import sys
from collections.abc import Callable

import numpy as np
from PIL import Image, ImageOps, TiffImagePlugin

from ...errors import ExemplarError

_WIDTHS = (8, 10, 12)
"""Bit depths that are assumed where no value is larger; 14 bits may also be a dark 16-bit image."""
# TIFF's BitsPerSample, PhotometricInterpretation, PlanarConfiguration and SMaxSampleValue.
_BITS, _PHOTOMETRIC, _PLANES, _HIGHEST = 258, 262, 284, 341
_RAW_MODE = re.compile("(?:RGBA?|RGBX|[RGBA]);16([LBN])")
"""Pillow's names of 16-bit decoder modes: little endian, big endian or native."""
_WHITE_IS_ZERO = 0


@dataclasses.dataclass(frozen=True)
class DeepPicture:
    """An image with 16 bits a channel."""

    picture: Image.Image
    """The high bytes, or (mode I;16) the values."""
    low: Image.Image | None
    """The low bytes, for a colour image that is nearly black."""
    peak: int
    """The largest value; 65535 for a brighter colour image."""
    stated: int
    """Number of used bits according to the file, or 0."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.picture.size

    def in_eight_bits(self, bits: int) -> Image.Image:
        """Convert to 8 bits a channel; the largest number of `bits` bits becomes 255."""
        if self.picture.mode.startswith("I"):
            values = np.asarray(self.picture)
        elif self.low is None or bits == 16:
            return self.picture
        else:
            values = np.asarray(self.picture).astype(np.uint16) << 8 | np.asarray(self.low)
        levels = np.clip(np.rint(np.arange(65536) * (255 / (2**bits - 1))), 0, 255).astype(np.uint8)
        scaled = Image.fromarray(levels[values])
        scaled.info = dict(self.picture.info)
        return scaled


class Depth:
    """Used bits of a time-lapse: the same for all frames, which would flicker otherwise."""

    def __init__(self):
        self.bits, self.stated = 0, False
        self._peak = 0

    def grows(self, picture: DeepPicture) -> bool:
        """Include an image; returns whether previous images were read with fewer bits."""
        before = self.bits
        self._peak = max(self._peak, picture.peak)
        self.stated = self.stated or picture.stated > 0
        widths = (*_WIDTHS, 14) if self.stated else _WIDTHS
        used = next((bits for bits in widths if self._peak < 2**bits), 16)
        self.bits = max(before, used, picture.stated)
        return 0 < before < self.bits

    def note(self) -> str | None:
        """A note where the bit depth is a guess; None otherwise."""
        if self.stated or not self._peak:
            return None
        if self.bits < 16:
            return f"Its 16-bit values stay below {2**self.bits:,}: they were read as {self.bits}-bit values."
        if self._peak < 2**14:
            return "Its 16-bit values stay below 16,384, a quarter of white: if they are 14-bit values, multiply them by four."
        return None


def correct_planes(picture: Image.Image) -> None:
    """Fix the decoder settings of an opened TIFF with 16 bits in separate planes.

    Pillow (11 to 12.3) reads each byte of an uncompressed one as an 8-bit value.
    """
    if isinstance(picture, TiffImagePlugin.TiffImageFile) and set(picture.tag_v2.get(_BITS, ())) == {16}:
        order = "L" if picture.tag_v2.prefix == TiffImagePlugin.II else "B"
        picture.tile = [
            tile._replace(args=(f"{tile.args[0]};16{order}", *tile.args[1:]))
            if tile.codec_name == "raw" and tile.args[0] in ("R", "G", "B", "A")
            else tile
            for tile in picture.tile
        ]


def is_deep(picture: Image.Image) -> bool:
    """Whether an opened, not yet decoded image has 16 bits a channel that can be separated."""
    if picture.mode in ("RGB", "RGBA"):
        return _RAW_MODE.fullmatch(_raw_mode(picture)) is not None
    return picture.mode.startswith("I")


def read_deep(picture: Image.Image, reopen: Callable[[], contextlib.AbstractContextManager], what: str) -> DeepPicture:
    """Decode an image for which `is_deep` holds, upright.

    Args:
        picture: The opened image.
        reopen: Opens the same image or page again.
        what: Name of the file, for messages.

    Raises:
        ExemplarError: For numbers other than 16-bit ones; code "number-format".
    """
    tags = picture.tag_v2 if isinstance(picture, TiffImagePlugin.TiffImageFile) else {}
    stated = _stated(tags)
    if picture.mode.startswith("I"):
        return _read_greys(picture, stated, tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO, what)
    in_planes = tags.get(_PLANES) == 2 and picture.tile[0].codec_name == "libtiff"
    high = ImageOps.exif_transpose(picture)
    if max(_highest(high)) > 15:
        return DeepPicture(high, None, 65535, stated)
    if in_planes:  # libtiff's decoder has other raw modes for them
        raise ExemplarError(
            f"{what} is nearly black, or has 12 bits, in separate planes: save it with interleaved channels.",
            code="number-format",
        )
    with reopen() as again:
        correct_planes(again)
        again.tile = [tile._replace(args=_other_bytes(tile.args)) for tile in again.tile]
        low = ImageOps.exif_transpose(again)
    values = np.asarray(high).astype(np.uint16)[..., :3] << 8 | np.asarray(low)[..., :3]
    return DeepPicture(high, low, int(values.max()), stated)


def _read_greys(picture, stated, inverted, what):
    grey = ImageOps.exif_transpose(picture)
    values = np.asarray(grey)
    if values.min() < 0 or values.max() > 65535:
        raise ExemplarError(
            f"{what} has 32-bit or negative numbers; save it with 8 or 16 bits a channel.", code="number-format"
        )
    values = values.astype(np.uint16)
    if inverted:  # Pillow inverts 8-bit images only
        values = 65535 - values
    info, grey = grey.info, Image.fromarray(values)
    grey.info = dict(info)
    return DeepPicture(grey, None, int(values.max()), stated)


def _stated(tags):
    """Number of bits according to a TIFF's tags, or 0."""
    bits, highest = tags.get(_BITS, (0,)), tags.get(_HIGHEST, ())
    if set(bits) == {12}:
        return 12
    highest = highest if isinstance(highest, tuple) else (highest,)
    known = [int(value) for value in highest if isinstance(value, int | float) and 255 <= value <= 65535]
    return next(width for width in (*_WIDTHS, 14, 16) if max(known) < 2**width) if known else 0


def _highest(picture):
    """The largest value of each colour channel, regardless of opacity."""
    return [highest for _, highest in picture.getextrema()[:3]]


def _raw_mode(picture):
    args = picture.tile[0].args if picture.tile else ""
    return str(args if isinstance(args, str) else args[0])


def _other_bytes(args):
    """Decoder arguments that read the low bytes instead of the high bytes."""
    mode, *rest = (args,) if isinstance(args, str) else args
    order = _RAW_MODE.fullmatch(mode)[1].replace("N", "L" if sys.byteorder == "little" else "B")
    mode = mode[:-1] + ("B" if order == "L" else "L")
    return mode if isinstance(args, str) else (mode, *rest)
