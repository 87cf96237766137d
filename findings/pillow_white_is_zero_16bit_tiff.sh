#!/usr/bin/env bash
# Pillow inverts an 8-bit WhiteIsZero greyscale TIFF, but not a 16-bit one; a big-endian 16-bit one it does not open.
#
# Expected: PhotometricInterpretation 0 (WhiteIsZero) means that 0 is white. Pillow inverts 8-bit files on reading, so that
#   255 is white in the image. One expects the same of 16-bit files.
# Happens: a little-endian 16-bit file opens as mode "I;16" with the stored values: a height or roughness map is read as
#   its negative, without a warning. The same image written big-endian raises UnidentifiedImageError.
#   tifffile.imread returns stored values at every depth, so the two libraries agree at 16 bits and differ at 8 bits.
# Instead: read `image.tag_v2[262]` before the pixels and subtract from 65535 when it is 0 and the mode is "I;16".
# Source: PIL/TiffImagePlugin.py, OPEN_INFO: the key (II, 0, (1,), 1, (8,), ()) maps to ("L", "L;I"), where "I" after the
#   semicolon means inverted; (II, 0, (1,), 1, (16,), ()) maps to ("I;16", "I;16"), and there is no (MM, 0, ..., (16,), ())
#   key. TIFF 6.0, section 3, defines WhiteIsZero.
#
# Output (2026-11-30, Python 3.11, Linux x86-64):
#   Pillow 11.3.0 uint8 < stored [0, 3, 255] mode L read [255, 252, 0]
#   Pillow 11.3.0 uint8 > stored [0, 3, 255] mode L read [255, 252, 0]
#   Pillow 11.3.0 uint16 < stored [0, 1000, 65535] mode I;16 read [0, 1000, 65535]
#   Pillow 11.3.0 uint16 > stored [0, 1000, 65535] mode - read UnidentifiedImageError
#   Pillow 12.3.0 uint8 < stored [0, 3, 255] mode L read [255, 252, 0]
#   Pillow 12.3.0 uint8 > stored [0, 3, 255] mode L read [255, 252, 0]
#   Pillow 12.3.0 uint16 < stored [0, 1000, 65535] mode I;16 read [0, 1000, 65535]
#   Pillow 12.3.0 uint16 > stored [0, 1000, 65535] mode - read UnidentifiedImageError
#   Pillow 13.0.0 uint8 < stored [0, 3, 255] mode L read [255, 252, 0]
#   Pillow 13.0.0 uint8 > stored [0, 3, 255] mode L read [255, 252, 0]
#   Pillow 13.0.0 uint16 < stored [0, 1000, 65535] mode I;16 read [0, 1000, 65535]
#   Pillow 13.0.0 uint16 > stored [0, 1000, 65535] mode - read UnidentifiedImageError
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
for version in 11.3.0 12.3.0 13.0.0; do
    venv/bin/python -m pip install --quiet --disable-pip-version-check "pillow==$version" tifffile==2026.3.3 numpy==2.4.6
    venv/bin/python - <<'PROGRAM'
import sys

import numpy as np
import PIL
import tifffile
from PIL import Image, UnidentifiedImageError


def read(stored, byteorder):
    tifffile.imwrite("white_is_zero.tif", stored, photometric="miniswhite", byteorder=byteorder)
    try:
        with Image.open("white_is_zero.tif") as image:
            found = np.asarray(image).ravel().tolist()
            mode = image.mode
    except UnidentifiedImageError:
        found, mode = "UnidentifiedImageError", "-"
    print("Pillow", PIL.__version__, stored.dtype, byteorder, "stored", stored.ravel().tolist(), "mode", mode, "read", found)
    return found


eight = np.array([[0, 3, 255]], np.uint8)
sixteen = np.array([[0, 1000, 65535]], np.uint16)
if not read(eight, "<") == read(eight, ">") == [255, 252, 0]:
    sys.exit("The behaviour changed: Pillow no longer inverts 8-bit WhiteIsZero files.")
if read(sixteen, "<") != [0, 1000, 65535]:
    sys.exit("The behaviour changed: Pillow no longer returns the stored values of a 16-bit WhiteIsZero file.")
if read(sixteen, ">") != "UnidentifiedImageError":
    sys.exit("The behaviour changed: Pillow now opens a big-endian 16-bit WhiteIsZero file.")
PROGRAM
done
