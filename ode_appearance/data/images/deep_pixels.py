"""Pictures of 16 bits a channel, and how many of their bits are used.

Cameras of 10 and 12 bits write their values into the low bits of 16, where they would be read as nearly black. Pillow keeps
16 bits of a grey picture only; of a coloured one it decodes the high bytes, or, by another raw mode, the low ones.
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
"""Numbers of bits that are taken for those of a camera where nothing is brighter; with 14 it may be a dark picture."""
# TIFF's BitsPerSample, PhotometricInterpretation, PlanarConfiguration and SMaxSampleValue.
_BITS, _PHOTOMETRIC, _PLANES, _HIGHEST = 258, 262, 284, 341
_RAW_MODE = re.compile("(?:RGBA?|RGBX|[RGBA]);16([LBN])")
"""How Pillow calls what its decoders read, of 16 bits: little or big end first, or as this machine has it."""
_WHITE_IS_ZERO = 0


@dataclasses.dataclass(frozen=True)
class DeepPicture:
    """A picture of 16 bits a channel: its high bytes or (mode I;16) its values as Pillow has them.

    `low` has the low bytes of a colour picture that is nearly black. `peak` is its largest value, or, of a brighter colour
    picture, 65535. `stated` is the number of bits that its file says are used, or 0.
    """

    picture: Image.Image
    low: Image.Image | None
    peak: int
    stated: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.picture.size

    def in_eight_bits(self, bits: int) -> Image.Image:
        """As 8 bits a channel, the largest number of `bits` bits as 255."""
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
    """How many of 16 bits a time-lapse uses: the same number for all of its frames, or else they would flicker."""

    def __init__(self):
        self.bits, self.stated = 0, False
        self._peak = 0

    def grows(self, picture: DeepPicture) -> bool:
        """Take a picture into account; whether there were others before it that were taken to have fewer bits."""
        before = self.bits
        self._peak = max(self._peak, picture.peak)
        self.stated = self.stated or picture.stated > 0
        widths = (*_WIDTHS, 14) if self.stated else _WIDTHS
        used = next((bits for bits in widths if self._peak < 2**bits), 16)
        self.bits = max(before, used, picture.stated)
        return 0 < before < self.bits

    def remark(self) -> str | None:
        """A sentence where the numbers may mean something else."""
        if self.stated or not self._peak:
            return None
        if self.bits < 16:
            return f"Its 16-bit values stay below {2**self.bits:,}: they were taken as {self.bits}-bit ones."
        if self._peak < 2**14:
            return "Its 16-bit values stay below 16,384, a quarter of white: if they are 14-bit ones, multiply them by four."
        return None


def correct_planes(picture: Image.Image) -> None:
    """Make a TIFF of 16 bits whose colours lie in planes of their own, not yet decoded, be read as such.

    Pillow (11 to 12.3) takes each byte of an uncompressed one for a number of 8 bits.
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
    """Whether a picture that was opened, and not decoded, has 16 bits a channel that can be told apart."""
    if picture.mode in ("RGB", "RGBA"):
        return _RAW_MODE.fullmatch(_raw_mode(picture)) is not None
    return picture.mode.startswith("I")


def read_deep(picture: Image.Image, reopen: Callable[[], contextlib.AbstractContextManager], what: str) -> DeepPicture:
    """Decode a picture for which `is_deep`, upright. `reopen` opens the same file, at the same page, once more.

    Raises ExemplarError for numbers that are no 16-bit ones.
    """
    tags = picture.tag_v2 if isinstance(picture, TiffImagePlugin.TiffImageFile) else {}
    stated = _stated(tags)
    if picture.mode.startswith("I"):
        return _read_greys(picture, stated, tags.get(_PHOTOMETRIC) == _WHITE_IS_ZERO, what)
    in_planes = tags.get(_PLANES) == 2 and picture.tile[0].codec_name == "libtiff"
    high = ImageOps.exif_transpose(picture)
    if max(_highest(high)) > 15:
        return DeepPicture(high, None, 65535, stated)
    if in_planes:  # which libtiff's decoder reads by raw modes of its own
        raise ExemplarError(f"{what} is nearly black, or of 12 bits in separate planes: save it with its colours side by side.")
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
        raise ExemplarError(f"{what} has 32-bit or negative numbers; save it with 8 or 16 bits a channel.")
    values = values.astype(np.uint16)
    if inverted:  # Pillow does so for 8 bits only
        values = 65535 - values
    info, grey = grey.info, Image.fromarray(values)
    grey.info = dict(info)
    return DeepPicture(grey, None, int(values.max()), stated)


def _stated(tags):
    """The number of bits that a TIFF says are used, or 0."""
    bits, highest = tags.get(_BITS, (0,)), tags.get(_HIGHEST, ())
    if set(bits) == {12}:
        return 12
    highest = highest if isinstance(highest, tuple) else (highest,)
    known = [int(value) for value in highest if isinstance(value, int | float) and 255 <= value <= 65535]
    return next(width for width in (*_WIDTHS, 14, 16) if max(known) < 2**width) if known else 0


def _highest(picture):
    """The largest value of each colour, whatever the opacity is."""
    return [highest for _, highest in picture.getextrema()[:3]]


def _raw_mode(picture):
    args = picture.tile[0].args if picture.tile else ""
    return str(args if isinstance(args, str) else args[0])


def _other_bytes(args):
    """The decoder's arguments by which it takes the low bytes for the high ones."""
    mode, *rest = (args,) if isinstance(args, str) else args
    order = _RAW_MODE.fullmatch(mode)[1].replace("N", "L" if sys.byteorder == "little" else "B")
    mode = mode[:-1] + ("B" if order == "L" else "L")
    return mode if isinstance(args, str) else (mode, *rest)
