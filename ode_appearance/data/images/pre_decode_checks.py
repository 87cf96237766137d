"""Checks of image files before decoding, for structures that would keep Pillow busy or fill the memory.

Pillow counts all frames of a GIF and all pages of a TIFF, enlarges a GIF for frames that exceed it, collects comments in
quadratic time, and decodes all scans of a JPEG; a TIFF's tile may be far larger than its image.
"""

import io
import re
import struct
from typing import BinaryIO, Literal

from PIL import Image, TiffImagePlugin

from ...errors import ExemplarError
from ..exemplar_limits import MAX_FRAMES, MAX_PICTURE_BYTES, MAX_PIXELS, MIN_SIDE, check_image_size

MAX_OTHER_BYTES = 1 << 20
"""Bytes of a GIF outside of images, such as comments."""
MAX_SCANS = 100
"""Scans of a JPEG; progressive ones have about ten."""
MAX_TAGS = 1_000_000
"""Tags of all pages of a TIFF; a page has about two dozen."""


def check_file_structure(
    file: BinaryIO | io.BytesIO, what: str, min_side: int = MIN_SIDE, max_pixels: int = MAX_PIXELS
) -> None:
    """Refuse a GIF, TIFF or JPEG that cannot be decoded in reasonable time; other formats are left to Pillow.

    Raises:
        ExemplarError: Codes "jpeg-scans", "too-many-frames", "other-bytes", "too-many-pages", "too-large" and "too-small".
    """
    head = file.read(6)
    if head in (b"GIF87a", b"GIF89a"):
        _check_gif(file, what, min_side, max_pixels)
    elif head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        _check_tiff(file, "little" if head[:2] == b"II" else "big", b"+" in head[:4], what)
    elif head.startswith(b"\xff\xd8"):
        file.seek(0)
        if _count_scans(file.read(MAX_PICTURE_BYTES)) > MAX_SCANS:
            raise ExemplarError(f"{what} has more than {MAX_SCANS} JPEG scans; save it as an ordinary JPEG.", code="jpeg-scans")
    file.seek(0)


def _count_scans(data: bytes) -> int:
    """Number of a JPEG's scans up to its end marker (phones append videos). In damaged data, an upper bound."""
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


def _check_gif(file: BinaryIO | io.BytesIO, what: str, min_side: int, max_pixels: int) -> None:
    screen = file.read(7)
    if len(screen) < 7:
        return
    width, height, flags = struct.unpack_from("<HHB", screen)
    file.seek(_colour_table_bytes(flags), 1)
    frames = other = 0
    while (kind := file.read(1)) not in (b"", b";"):
        if kind == b",":
            place = file.read(9)
            if len(place) < 9:
                return
            left, top, across, down, flags = struct.unpack("<HHHHB", place)
            width, height, frames = max(width, left + across), max(height, top + down), frames + 1
            check_image_size(width, height, what, min_side, max_pixels)
            file.seek(_colour_table_bytes(flags) + 1, 1)
            _skip_blocks(file)
        else:
            other += 1 + (_skip_blocks(file, 1) if kind == b"!" else 0)
        if frames > MAX_FRAMES:
            raise ExemplarError(f"{what} holds more than {MAX_FRAMES:,} frames: remove some first.", code="too-many-frames")
        if other > MAX_OTHER_BYTES:
            raise ExemplarError(
                f"{what} holds more than {MAX_OTHER_BYTES:,} bytes outside of images: save it without comments.",
                code="other-bytes",
            )


def _colour_table_bytes(flags):
    """Bytes of the colour table that these flags announce."""
    return 3 << (flags & 7) + 1 if flags & 128 else 0


def _skip_blocks(file, before=0):
    """Skip `before` bytes and a chain of blocks; returns the length of the chain."""
    file.seek(before, 1)
    length = 0
    while size := int.from_bytes(file.read(1)):
        file.seek(size, 1)
        length += 1 + size
    return length


def _check_tiff(file: BinaryIO | io.BytesIO, order: Literal["little", "big"], large: bool, what: str) -> None:
    """Follow the chain of pages: each is a number of tags, the tags, and the offset of the next page."""
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
            raise ExemplarError(
                f"{what} has more than {MAX_FRAMES:,} pages or {MAX_TAGS:,} tags: remove some first.", code="too-many-pages"
            )
        file.seek(count * each, 1)


def check_page(picture: Image.Image, what: str, min_side: int = MIN_SIDE, max_pixels: int = MAX_PIXELS) -> None:
    """Check the size of an opened image, and of a TIFF's tiles; raises ExemplarError."""
    check_image_size(*picture.size, what, min_side, max_pixels)
    if isinstance(picture, TiffImagePlugin.TiffImageFile):
        tags = picture.tag_v2
        width, height = (int(tags.get(tag, 0)) for tag in (TiffImagePlugin.TILEWIDTH, TiffImagePlugin.TILELENGTH))
        if width and height:
            check_image_size(max(width, picture.width), max(height, picture.height), f"A tile of {what}", min_side, max_pixels)
