#!/usr/bin/env bash
# Pillow reads an uncompressed planar 16-bit RGB TIFF as if it had 8-bit samples, without an error.
#
# Expected: a 16-bit RGB TIFF opens as 8-bit "RGB" with the high byte of each sample. Pillow does this for interleaved
#   files, and for compressed planar files.
# Happens: with PlanarConfiguration 2 and no compression, each plane is read as a stream of bytes: the pixels are the low
#   byte and the high byte of the first half of the samples in turn, and the second half of each plane is never read.
#   No error or warning. The values and the geometry of the texture are both wrong.
# Who meets it: tifffile writes this layout by default for a channels-first (3, height, width) uint16 array.
# Instead: read 16-bit TIFF with tifffile, or refuse it when tag 284 is 2, tag 259 is 1 and tag 258 is above 8.
# Source: PIL/TiffImagePlugin.py, TiffImageFile._setup: for planar files `tile_rawmode = rawmode[layer]` takes one letter
#   of the raw mode "RGB;16L", so that the plane's raw mode is the 8-bit "R". The libtiff branch above it, which compressed
#   files take, keeps the whole raw mode. Same lines in Pillow 11.3.0, 12.3.0 and 13.0.0.
#
# Output (2026-11-30, Python 3.11, Linux x86-64):
#   Pillow 11.3.0 interleaved {258: (16, 16, 16), 259: 1, 284: 1} first pixels [[18, 128, 255], [18, 128, 255]]
#   Pillow 11.3.0 planar_zlib {258: (16, 16, 16), 259: 8, 284: 2} first pixels [[18, 128, 255], [18, 128, 255]]
#   Pillow 11.3.0 planar {258: (16, 16, 16), 259: 1, 284: 2} first pixels [[52, 86, 120], [18, 128, 255]]
#   wrong pixels in planar.tif: 24 of 48
#   Pillow 12.3.0 interleaved {258: (16, 16, 16), 259: 1, 284: 1} first pixels [[18, 128, 255], [18, 128, 255]]
#   Pillow 12.3.0 planar_zlib {258: (16, 16, 16), 259: 8, 284: 2} first pixels [[18, 128, 255], [18, 128, 255]]
#   Pillow 12.3.0 planar {258: (16, 16, 16), 259: 1, 284: 2} first pixels [[52, 86, 120], [18, 128, 255]]
#   wrong pixels in planar.tif: 24 of 48
#   Pillow 13.0.0 interleaved {258: (16, 16, 16), 259: 1, 284: 1} first pixels [[18, 128, 255], [18, 128, 255]]
#   Pillow 13.0.0 planar_zlib {258: (16, 16, 16), 259: 8, 284: 2} first pixels [[18, 128, 255], [18, 128, 255]]
#   Pillow 13.0.0 planar {258: (16, 16, 16), 259: 1, 284: 2} first pixels [[52, 86, 120], [18, 128, 255]]
#   wrong pixels in planar.tif: 24 of 48
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
from PIL import Image

# One colour everywhere, so that every right pixel is the same: high bytes 0x12, 0x80, 0xFF.
colour = np.array([0x1234, 0x8056, 0xFF78], np.uint16)
image = np.broadcast_to(colour, (6, 8, 3))
channels_first = np.ascontiguousarray(np.moveaxis(image, -1, 0))
right = (colour >> 8).astype(np.uint8)

tifffile.imwrite("interleaved.tif", image, photometric="rgb", planarconfig="contig")
tifffile.imwrite("planar.tif", channels_first, photometric="rgb")
tifffile.imwrite("planar_zlib.tif", channels_first, photometric="rgb", compression="zlib")
seen = {}
for name in ("interleaved", "planar_zlib", "planar"):
    with Image.open(name + ".tif") as opened:
        seen[name] = np.asarray(opened)
        tags = {tag: opened.tag_v2[tag] for tag in (258, 259, 284)}
    print("Pillow", PIL.__version__, name, tags, "first pixels", seen[name][0, :2].tolist())

assert np.array_equal(np.moveaxis(tifffile.imread("planar.tif"), 0, -1), image)
if not ((seen["interleaved"] == right).all() and (seen["planar_zlib"] == right).all()):
    sys.exit("Pillow no longer returns the high bytes of interleaved and compressed files: the comparison is void.")
if (seen["planar"] == right).all():
    sys.exit("The behaviour changed: Pillow now reads the uncompressed planar 16-bit TIFF right.")
wrong = int((seen["planar"] != right).any(-1).sum())
print("wrong pixels in planar.tif:", wrong, "of", 6 * 8)
PROGRAM
done
