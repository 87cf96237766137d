"""One map to the bytes of a PNG or EXR file."""

import io

import numpy as np
from jaxtyping import Float

from ..runtime.extras import require
from .export_config import MapFormat


def encode_map(values: Float[np.ndarray, "channels h w"], format: MapFormat) -> bytes:
    """A map of one channel (grey) or three (RGB) as a file.

    A PNG holds [0, 1] in 8 or 16 bits, rounded, values beyond that clipped; an EXR the values as they are, in 32-bit floats.
    """
    pixels = np.ascontiguousarray(values[0] if len(values) == 1 else values.transpose(1, 2, 0), np.float32)
    file = io.BytesIO()
    if format == "exr":
        _write_exr(pixels, file)
    else:
        # Pillow writes no RGB of 16 bits. The fourth filter, Paeth's, gives the smallest files of textures.
        numpngw = require("numpngw")

        kind = np.uint8 if format == "png8" else np.uint16
        whole = np.rint(np.clip(pixels, 0, 1) * np.float64(np.iinfo(kind).max)).astype(kind)
        # By itself it writes the time of day too, and the same maps would not be the same file.
        numpngw.write_png(file, whole, filter_type=4, text_list=[("Creation Time", None), ("Software", None)])
    return file.getvalue()


def _write_exr(pixels, file):
    OpenEXR = require("OpenEXR")

    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    with OpenEXR.File(header, {"Y" if pixels.ndim == 2 else "RGB": pixels}) as image:
        image.write(file)
