"""Encoding of one map as PNG or EXR."""

import io

import numpy as np
from jaxtyping import Float

from ..runtime.extras import require
from .export_config import MapFormat


def encode_map(values: Float[np.ndarray, "channels h w"], format: MapFormat) -> bytes:
    """Encode a map of one channel (grey) or three (RGB).

    Args:
        values: The map.
        format: PNG stores [0, 1] in 8 or 16 bits, rounded and clipped; EXR stores the values as 32-bit floats.

    Returns:
        The bytes of the file.
    """
    pixels = np.ascontiguousarray(values[0] if len(values) == 1 else values.transpose(1, 2, 0), np.float32)
    file = io.BytesIO()
    if format == "exr":
        _write_exr(pixels, file)
    else:
        # Pillow cannot write 16-bit RGB. Filter 4 (Paeth) gives the smallest files for textures.
        numpngw = require("numpngw")

        kind = np.uint8 if format == "png8" else np.uint16
        whole = np.rint(np.clip(pixels, 0, 1) * np.float64(np.iinfo(kind).max)).astype(kind)
        # By default it writes the time of day, which would change the file's bytes.
        numpngw.write_png(file, whole, filter_type=4, text_list=[("Creation Time", None), ("Software", None)])
    return file.getvalue()


def _write_exr(pixels, file):
    OpenEXR = require("OpenEXR")

    header = {"compression": OpenEXR.ZIP_COMPRESSION, "type": OpenEXR.scanlineimage}
    with OpenEXR.File(header, {"Y" if pixels.ndim == 2 else "RGB": pixels}) as image:
        image.write(file)
