"""Decoding of an opened image: upright, with 16 bits a channel where it has them."""

import contextlib
from collections.abc import Callable

from PIL import Image, ImageOps

from .deep_pixels import DeepPicture, is_deep, read_deep


def decode_image(
    picture: Image.Image, reopen: Callable[[], contextlib.AbstractContextManager[Image.Image]], what: str
) -> Image.Image | DeepPicture:
    """Decode an opened image, or the current page of one, turned by its EXIF orientation.

    Pillow (since version 10) turns TIFFs while decoding, and removes their orientation.

    Args:
        picture: The opened image.
        reopen: Opens the same image or page again.
        what: Name of the file, for messages.

    Raises:
        ExemplarError: For unsupported number formats.
    """
    if is_deep(picture):
        return read_deep(picture, reopen, what)
    return ImageOps.exif_transpose(picture)
