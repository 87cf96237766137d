"""Decoding an opened picture: upright, and of 16 bits a channel where it has them."""

import contextlib
from collections.abc import Callable

from PIL import Image, ImageOps

from .deep_pixels import DeepPicture, is_deep, read_deep


def decode(
    picture: Image.Image, reopen: Callable[[], contextlib.AbstractContextManager[Image.Image]], what: str
) -> Image.Image | DeepPicture:
    """The pixels of a picture that was opened, or of the page that it is at, turned as its EXIF orientation says.

    Pillow itself turns a TIFF while it decodes it (since version 10), and leaves no orientation to be followed again.
    `reopen` opens the same picture once more; `what` names it in refusals (ExemplarError).
    """
    if is_deep(picture):
        return read_deep(picture, reopen, what)
    return ImageOps.exif_transpose(picture)
