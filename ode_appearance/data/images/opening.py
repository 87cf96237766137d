"""Opening a picture file with Pillow, on a leash: known formats only, its size read before its pixels."""

import contextlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path, PurePath

from PIL import Image, UnidentifiedImageError

from ...errors import AppearanceError, ExemplarError
from ...runtime.printable import printable
from ...runtime.regular_files import open_regular
from ..exemplar_limits import MAX_PIXELS, MIN_SIDE
from ..file_names import NOT_A_FILM, NOT_READ
from .deep_pixels import correct_planes
from .icc_profile import ignored_colours
from .screening import screen_file, screen_page

# Formats that only decode pixels; others that Pillow knows start programs (EPS) or hold pages rather than pictures.
FORMATS = ("GIF", "WEBP", "PNG", "AVIF", "TIFF", "JPEG", "BMP")
COLOURS = "ode_appearance_colours"
"""The key of a sentence in a picture's `info`."""
_HEAD_BYTES = 1 << 16


@contextlib.contextmanager
def open_picture(file: Path | io.BytesIO, what: str, least: int = MIN_SIDE, most: int = MAX_PIXELS) -> Iterator[Image.Image]:
    """Open a picture or animation and check its size; whatever Pillow raises meanwhile becomes an ExemplarError.

    Nothing is decoded yet; `what` names the file in the sentence of a refusal. Each side has to have `least` pixels, and the
    whole may have `most`. Its `info` has a sentence under COLOURS where its colours are not sRGB's in a way that is ignored.
    """
    head = b""
    try:
        with contextlib.ExitStack() as opened:
            if isinstance(file, Path):
                file = opened.enter_context(open_regular(file, ExemplarError))
            head = file.read(_HEAD_BYTES)
            file.seek(0)
            screen_file(file, what, least, most)
            with warnings.catch_warnings():
                # Our own bound on pixels, checked below, is the lower one.
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                picture = opened.enter_context(Image.open(file, formats=FORMATS))
            screen_page(picture, what, least, most)
            correct_planes(picture)
            picture.info[COLOURS] = ignored_colours(picture, head)
            yield picture
    except AppearanceError:
        raise
    except MemoryError as error:
        raise ExemplarError(f"There is not enough memory to decode {what}; make it smaller first.") from error
    except Image.DecompressionBombError as error:
        raise ExemplarError(f"{what} has far too many pixels: {error}.") from error
    except UnidentifiedImageError as error:
        raise ExemplarError(_unknown(head, what)) from error
    except Exception as error:
        # Pillow's decoders report damage by nearly every exception that there is.
        raise ExemplarError(f"{what} is damaged and cannot be read to its end ({printable(str(error))}).") from error


def _unknown(head, what):
    """Why a file was not recognised, as far as that can be told."""
    suffix = PurePath(what).suffix.lower()
    if suffix in NOT_READ:
        return f"{what} is not read. {NOT_READ[suffix][1]}"
    if suffix in NOT_A_FILM:
        return f"{what} is not read. {NOT_A_FILM[suffix]}"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return (
            f"{what} is a TIFF of a kind that is not read, with floating-point numbers for instance, or is damaged: save it "
            "with 8 or 16 bits a channel."
        )
    return f"{what} is no picture in a known format ({', '.join(FORMATS)}), or is damaged."
