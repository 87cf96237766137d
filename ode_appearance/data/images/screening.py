"""Looking a picture file over before its pixels are decoded, for what would keep Pillow busy or fill the memory.

Pillow counts a GIF's frames and a TIFF's pages to the end however many there are, enlarges a GIF for a frame that reaches
beyond it, gathers comments ever more slowly, goes over a JPEG as often as it says, and a TIFF's tile may be far larger than
its picture.
"""

import io
import re
import struct
from typing import BinaryIO, Literal

from PIL import Image, TiffImagePlugin

from ...errors import ExemplarError
from ..exemplar_limits import MAX_FRAMES, MAX_PICTURE_BYTES, MAX_PIXELS, MIN_SIDE, check_picture_size

MAX_OTHER_BYTES = 1 << 20
"""Of a GIF: comments, and all else that is no picture."""
MAX_SCANS = 100
"""Of a JPEG, which has ten or so where it is to appear little by little."""
MAX_TAGS = 1_000_000
"""Of all pages of a TIFF, each of which has two dozen or so."""


def screen_file(file: BinaryIO | io.BytesIO, what: str, least: int = MIN_SIDE, most: int = MAX_PIXELS) -> None:
    """Refuse a GIF, a TIFF or a JPEG that cannot be decoded in reasonable time; other files are left to Pillow."""
    head = file.read(6)
    if head in (b"GIF87a", b"GIF89a"):
        _screen_gif(file, what, least, most)
    elif head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        _screen_tiff(file, "little" if head[:2] == b"II" else "big", b"+" in head[:4], what)
    elif head.startswith(b"\xff\xd8"):
        file.seek(0)
        if _scans(file.read(MAX_PICTURE_BYTES)) > MAX_SCANS:
            raise ExemplarError(f"{what} goes over its picture more than {MAX_SCANS} times; save it as an ordinary JPEG.")
    file.seek(0)


def _scans(data: bytes) -> int:
    """How often a JPEG goes over its picture, to its own end: phones append films. Where it is damaged, whatever looks so."""
    place, scans = 2, 0
    while (kind := data[place : place + 2]) != b"\xff\xd9" and kind:
        if kind[:1] != b"\xff":
            return scans + data.count(b"\xff\xda", place)
        place += 2 + int.from_bytes(data[place + 2 : place + 4])
        if kind == b"\xff\xda":
            scans += 1
            following = _MARKER.search(data, place)
            place = following.start() if following else len(data)
    return scans


_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)


def _screen_gif(file: BinaryIO | io.BytesIO, what: str, least: int, most: int) -> None:
    screen = file.read(7)
    if len(screen) < 7:
        return
    width, height, flags = struct.unpack_from("<HHB", screen)
    file.seek(_colours(flags), 1)
    frames = other = 0
    while (kind := file.read(1)) not in (b"", b";"):
        if kind == b",":
            place = file.read(9)
            if len(place) < 9:
                return
            left, top, across, down, flags = struct.unpack("<HHHHB", place)
            width, height, frames = max(width, left + across), max(height, top + down), frames + 1
            check_picture_size(width, height, what, least, most)
            file.seek(_colours(flags) + 1, 1)
            _pass_blocks(file)
        else:
            other += 1 + (_pass_blocks(file, 1) if kind == b"!" else 0)
        if frames > MAX_FRAMES:
            raise ExemplarError(f"{what} holds more than {MAX_FRAMES:,} frames: thin it out first.")
        if other > MAX_OTHER_BYTES:
            raise ExemplarError(f"{what} holds more than {MAX_OTHER_BYTES:,} bytes that are no pictures: save it without them.")


def _colours(flags):
    """Bytes of a table of colours that these flags announce."""
    return 3 << (flags & 7) + 1 if flags & 128 else 0


def _pass_blocks(file, before=0):
    """Go to the end of a chain of blocks, `before` bytes ahead; how many bytes it has."""
    file.seek(before, 1)
    length = 0
    while size := int.from_bytes(file.read(1)):
        file.seek(size, 1)
        length += 1 + size
    return length


def _screen_tiff(file: BinaryIO | io.BytesIO, order: Literal["little", "big"], large: bool, what: str) -> None:
    """Go from page to page: each is a number of tags, the tags, and the place of the next page."""
    size, each, count_size = (8, 20, 8) if large else (4, 12, 2)
    pages = tags = 0
    file.seek(8 if large else 4)
    while place := int.from_bytes(file.read(size), order):
        if place >= 2**63:
            return
        file.seek(place)
        count = int.from_bytes(file.read(count_size), order)
        pages, tags = pages + 1, tags + count
        if pages > MAX_FRAMES or tags > MAX_TAGS:
            raise ExemplarError(f"{what} has more than {MAX_FRAMES:,} pages, or says too much of them: thin it out first.")
        file.seek(count * each, 1)


def screen_page(picture: Image.Image, what: str, least: int = MIN_SIDE, most: int = MAX_PIXELS) -> None:
    """Refuse an opened picture that is too large or too small, or the page of a TIFF whose tiles are too large."""
    check_picture_size(*picture.size, what, least, most)
    if isinstance(picture, TiffImagePlugin.TiffImageFile):
        tags = picture.tag_v2
        width, height = (int(tags.get(tag, 0)) for tag in (TiffImagePlugin.TILEWIDTH, TiffImagePlugin.TILELENGTH))
        if width and height:
            check_picture_size(max(width, picture.width), max(height, picture.height), f"A tile of {what}", least, most)
