"""Opening of image files with Pillow: known formats only, size and structure checked before decoding."""

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
from ..file_names import UNSUPPORTED, UNSUPPORTED_VIDEO
from .deep_pixels import correct_planes
from .icc_profile import ignored_colour_note
from .pre_decode_checks import check_file_structure, check_page

# Formats that only decode pixels; other formats of Pillow start programs (EPS) or hold pages.
FORMATS = ("GIF", "WEBP", "PNG", "AVIF", "TIFF", "JPEG", "BMP")
COLOURS = "ode_appearance_colours"
"""Key of the note on ignored colour information in an image's `info`."""
_HEAD_BYTES = 1 << 16


@contextlib.contextmanager
def open_image(
    file: Path | io.BytesIO, what: str, min_side: int = MIN_SIDE, max_pixels: int = MAX_PIXELS
) -> Iterator[Image.Image]:
    """Open an image or animation and check its size, without decoding it.

    Its `info` has a note under COLOURS where colour information is ignored.

    Args:
        file: The file.
        what: Its name, for messages.
        min_side: Minimum width and height in pixels.
        max_pixels: Maximum number of pixels of a frame.

    Raises:
        ExemplarError: For any problem, including those of decoding within the context.
    """
    head = b""
    try:
        with contextlib.ExitStack() as opened:
            if isinstance(file, Path):
                file = opened.enter_context(open_regular(file, ExemplarError))
            head = file.read(_HEAD_BYTES)
            file.seek(0)
            check_file_structure(file, what, min_side, max_pixels)
            with warnings.catch_warnings():
                # Our own limit, checked below, is lower.
                warnings.simplefilter("ignore", Image.DecompressionBombWarning)
                picture = opened.enter_context(Image.open(file, formats=FORMATS))
            check_page(picture, what, min_side, max_pixels)
            correct_planes(picture)
            picture.info[COLOURS] = ignored_colour_note(picture, head)
            yield picture
    except AppearanceError:
        raise
    except MemoryError as error:
        raise ExemplarError(f"There is not enough memory to decode {what}; make it smaller first.", code="memory") from error
    except Image.DecompressionBombError as error:
        raise ExemplarError(f"{what} has too many pixels: {error}.", code="too-large") from error
    except UnidentifiedImageError as error:
        raise ExemplarError(_unknown(head, what), code="unknown-format") from error
    except Exception as error:
        # Damaged files make Pillow's decoders raise nearly any exception.
        raise ExemplarError(f"{what} is damaged ({printable(str(error))}).", code="damaged") from error


def _unknown(head, what):
    """Why a file was not recognised, as far as known."""
    suffix = PurePath(what).suffix.lower()
    if suffix in UNSUPPORTED:
        return f"{what} is not supported. {UNSUPPORTED[suffix][1]}"
    if suffix in UNSUPPORTED_VIDEO:
        return f"{what} is not supported. {UNSUPPORTED_VIDEO[suffix]}"
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return (
            f"{what} is an unsupported TIFF, for instance with floating-point numbers, or damaged: save it with 8 or 16 bits a "
            "channel."
        )
    return f"{what} is no image in a known format ({', '.join(FORMATS)}), or is damaged."
