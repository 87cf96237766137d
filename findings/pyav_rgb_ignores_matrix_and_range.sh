#!/usr/bin/env bash
# PyAV up to 16.1 converts BT.709, BT.2020 and full-range video to RGB with the wrong matrix or range.
#
# Expected: frame.to_ndarray(format="rgb24"), to_image() and reformat() use the matrix and the range that the frame carries.
# Happens: PyAV 16.1.0 uses limited-range BT.601 for almost every video: HD video (BT.709) is off by more than 20 of 255,
#   full-range BT.709 in FFV1 by more than 30, full-range BT.601 in FFV1 by more than 10. (The H.264 decoder marks full range
#   with the format yuvj420p, so that only the matrix is wrong.) To give the frame's own tags as source and destination
#   changes nothing. PyAV 17 and 18 are right to about 3 of 255; what is left is the fast
#   conversion of 4:2:0 chroma.
# Instead: PyAV 17 or newer. For exact values, in every version, send the frame through the filter
#   scale=flags=accurate_rnd+full_chroma_int+full_chroma_inp and then format=rgb24; it stays within 1 of 255 on flat colours.
# Source: av/video/reformatter.pyx in PyAV 16.1.0, VideoReformatter._reformat: sws_setColorspaceDetails is called only
#   `if src_colorspace != dst_colorspace or src_color_range != dst_color_range`, and swscale's own default is BT.601.
#   github.com/PyAV-Org/PyAV/issues/2230 and 2149; mended in 17.0.0.
#
# Output (2026-11-30, Python 3.11, Linux x86-64):
#   PyAV 16.1.0 BT.601 libx264 limited ('yuv420p', 6, 1): largest error of 255: to_ndarray 2.2, reformat with the frame's own tags 2.2, scale filter 0.5
#   PyAV 16.1.0 BT.601 libx264 full ('yuvj420p', 6, 2): largest error of 255: to_ndarray 1.8, reformat with the frame's own tags 1.8, scale filter 0.5
#   PyAV 16.1.0 BT.601 ffv1 full ('yuv420p', 6, 2): largest error of 255: to_ndarray 17.3, reformat with the frame's own tags 17.3, scale filter 0.5
#   PyAV 16.1.0 BT.709 libx264 limited ('yuv420p', 1, 1): largest error of 255: to_ndarray 26.3, reformat with the frame's own tags 26.3, scale filter 0.5
#   PyAV 16.1.0 BT.709 libx264 full ('yuvj420p', 1, 2): largest error of 255: to_ndarray 27.1, reformat with the frame's own tags 27.1, scale filter 0.5
#   PyAV 16.1.0 BT.709 ffv1 full ('yuv420p', 1, 2): largest error of 255: to_ndarray 41.1, reformat with the frame's own tags 41.1, scale filter 0.5
#   PyAV 16.1.0 BT.2020 libx264 limited ('yuv420p', 9, 1): largest error of 255: to_ndarray 21.9, reformat with the frame's own tags 21.9, scale filter 0.5
#   PyAV 16.1.0 BT.2020 libx264 full ('yuvj420p', 9, 2): largest error of 255: to_ndarray 22.3, reformat with the frame's own tags 22.3, scale filter 0.5
#   PyAV 16.1.0 BT.2020 ffv1 full ('yuv420p', 9, 2): largest error of 255: to_ndarray 39.3, reformat with the frame's own tags 39.3, scale filter 0.5
#   PyAV 18.1.0 BT.601 libx264 limited ('yuv420p', 6, 1): largest error of 255: to_ndarray 2.2, reformat with the frame's own tags 2.2, scale filter 0.5
#   PyAV 18.1.0 BT.601 libx264 full ('yuvj420p', 6, 2): largest error of 255: to_ndarray 1.8, reformat with the frame's own tags 1.8, scale filter 0.5
#   PyAV 18.1.0 BT.601 ffv1 full ('yuv420p', 6, 2): largest error of 255: to_ndarray 1.8, reformat with the frame's own tags 1.8, scale filter 0.5
#   PyAV 18.1.0 BT.709 libx264 limited ('yuv420p', 1, 1): largest error of 255: to_ndarray 2.3, reformat with the frame's own tags 2.3, scale filter 0.5
#   PyAV 18.1.0 BT.709 libx264 full ('yuvj420p', 1, 2): largest error of 255: to_ndarray 1.8, reformat with the frame's own tags 1.8, scale filter 0.5
#   PyAV 18.1.0 BT.709 ffv1 full ('yuv420p', 1, 2): largest error of 255: to_ndarray 1.8, reformat with the frame's own tags 1.8, scale filter 0.5
#   PyAV 18.1.0 BT.2020 libx264 limited ('yuv420p', 9, 1): largest error of 255: to_ndarray 2.3, reformat with the frame's own tags 2.3, scale filter 0.5
#   PyAV 18.1.0 BT.2020 libx264 full ('yuvj420p', 9, 2): largest error of 255: to_ndarray 1.7, reformat with the frame's own tags 1.7, scale filter 0.5
#   PyAV 18.1.0 BT.2020 ffv1 full ('yuv420p', 9, 2): largest error of 255: to_ndarray 1.7, reformat with the frame's own tags 1.7, scale filter 0.5
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
cat > program.py <<'PROGRAM'
import sys
from fractions import Fraction

import av
import numpy as np

av.logging.set_level(av.logging.ERROR)
# name: (luma weights of red and blue, AVColorSpace, the filter's name)
MATRICES = {"BT.601": (0.299, 0.114, 6, "smpte170m"), "BT.709": (0.2126, 0.0722, 1, "bt709"), "BT.2020": (0.2627, 0.0593, 9, "bt2020nc")}
SIZE = 64


def flat_colours():
    """Colours whose values stay inside the code range of each matrix."""
    return np.random.default_rng(0).uniform(0.05, 0.95, (24, 3))


def encoded(name, full, codec):
    """Lossless video of one flat colour a frame, tagged with its matrix and range."""
    red, blue, space, _ = MATRICES[name]
    path = f"{name}{full}{codec}.mkv"
    with av.open(path, "w") as container:
        stream = container.add_stream(codec, rate=25, options={"qp": "0"} if codec == "libx264" else {})
        stream.width = stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        stream.codec_context.colorspace = space
        stream.codec_context.color_range = 2 if full else 1
        for index, (r, g, b) in enumerate(flat_colours()):
            y = red * r + (1 - red - blue) * g + blue * b
            u, v = (b - y) / (2 * (1 - blue)), (r - y) / (2 * (1 - red))
            codes = (255 * y, 128 + 255 * u, 128 + 255 * v) if full else (16 + 219 * y, 128 + 224 * u, 128 + 224 * v)
            frame = av.VideoFrame(SIZE, SIZE, "yuv420p")
            frame.colorspace, frame.color_range = space, 2 if full else 1
            for plane, code in zip(frame.planes, codes):
                plane.update(np.full((plane.height, plane.line_size), round(code), np.uint8).tobytes())
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def exact(frame, name, full):
    """RGB in 0 to 255 of a flat frame, by the matrix's definition (ITU-T H.273)."""
    red, blue, *_ = MATRICES[name]
    y, u, v = (float(memoryview(plane)[0]) for plane in frame.planes)
    y, u, v = (y / 255, (u - 128) / 255, (v - 128) / 255) if full else ((y - 16) / 219, (u - 128) / 224, (v - 128) / 224)
    r, b = y + 2 * (1 - red) * v, y + 2 * (1 - blue) * u
    return 255 * np.clip([r, (y - red * r - blue * b) / (1 - red - blue), b], 0, 1)


def filtered(frame, name, full):
    graph = av.filter.Graph()
    source = graph.add("buffer", f"video_size={SIZE}x{SIZE}:pix_fmt={frame.format.name}:time_base={frame.time_base}"
                       f":colorspace={MATRICES[name][3]}:range={'pc' if full else 'tv'}")  # fmt: skip
    scale = graph.add("scale", "flags=accurate_rnd+full_chroma_int+full_chroma_inp")
    to_rgb, sink = graph.add("format", "rgb24"), graph.add("buffersink")
    source.link_to(scale)
    scale.link_to(to_rgb)
    to_rgb.link_to(sink)
    graph.configure()
    graph.push(frame)
    return graph.pull().to_ndarray()


def error(pixels, right):
    return float(np.abs(pixels.astype(float) - right).max())


version = av.__version__
old = int(version.split(".")[0]) <= 16
for name in MATRICES:
    for codec, full in (("libx264", False), ("libx264", True), ("ffv1", True)):
        plain, told, by_filter = 0.0, 0.0, 0.0
        with av.open(encoded(name, full, codec)) as container:
            for frame in container.decode(video=0):
                tagged = (frame.format.name, frame.colorspace, frame.color_range)
                right = exact(frame, name, full)
                plain = max(plain, error(frame.to_ndarray(format="rgb24"), right))
                same = dict(src_colorspace=frame.colorspace, dst_colorspace=frame.colorspace,
                            src_color_range=frame.color_range, dst_color_range=frame.color_range)  # fmt: skip
                told = max(told, error(frame.reformat(format="rgb24", **same).to_ndarray(), right))
                by_filter = max(by_filter, error(filtered(frame, name, full), right))
        print(f"PyAV {version} {name} {codec} {'full' if full else 'limited'} {tagged}: largest error of 255: "
              f"to_ndarray {plain:.1f}, reformat with the frame's own tags {told:.1f}, scale filter {by_filter:.1f}")  # fmt: skip
        if by_filter > 1.2:
            sys.exit("The behaviour changed: the scale filter is off by more than 1.2.")
        wrong = old and (name != "BT.601" or codec == "ffv1")
        if wrong and plain < 10:
            sys.exit("The behaviour changed: this old PyAV uses the frame's matrix and range.")
        if not old and plain > 4:
            sys.exit("The behaviour changed: a new PyAV is off by more than 4.")
PROGRAM
for version in 16.1.0 18.1.0; do
    venv/bin/python -m pip install --quiet --disable-pip-version-check "av==$version" numpy==2.4.6
    venv/bin/python program.py 2>&1 | grep -v 'swscaler.*deprecated pixel format' || exit 1
done
