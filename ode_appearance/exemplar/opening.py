"""Opening a picture file with Pillow, on a leash: known formats only, its size read before its pixels."""

import contextlib
import io
import warnings
from collections.abc import Iterator
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from ..errors import ExemplarError
from .screening import screen_file, screen_page
from .wording import shown

# Formats that only decode pixels; others that Pillow knows start programs (EPS) or hold pages rather than pictures.
FORMATS = ("GIF", "WEBP", "PNG", "AVIF", "TIFF", "JPEG", "BMP")


@contextlib.contextmanager
def open_picture(file: Path | io.BytesIO, what: str) -> Iterator[Image.Image]:
    """Open a picture or animation and check its size; whatever Pillow raises meanwhile becomes an ExemplarError.

    Nothing is decoded yet; `what` names the file in the sentence of a refusal.
    """
    try:
        screen_file(file, what)
        with warnings.catch_warnings():
            # Our own bound on pixels, checked below, is the lower one.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            picture = Image.open(file, formats=FORMATS)
        with picture:
            screen_page(picture, what)
            yield picture
    except ExemplarError:
        raise
    except Image.DecompressionBombError as error:
        raise ExemplarError(f"{what} has far too many pixels: {error}.") from error
    except UnidentifiedImageError as error:
        raise ExemplarError(f"{what} is no picture in a known format ({', '.join(FORMATS)}), or is damaged.") from error
    except Exception as error:
        # Pillow's decoders report damage by nearly every exception that there is.
        raise ExemplarError(f"{what} is damaged and cannot be read to its end ({shown(str(error))}).") from error
