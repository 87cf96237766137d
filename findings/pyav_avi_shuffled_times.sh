#!/usr/bin/env bash
# Decoded frames of H.264 with B-frames in AVI come in the right order with times in the wrong order.
#
# Expected: frame.pts and frame.time grow from frame to frame, so that sorting frames by their time, or keeping only frames
#   with a greater time than the last one, changes nothing.
# Happens: AVI stores no presentation times. PyAV always opens files with FFmpeg's flag genpts, which gives each H.264
#   packet the decoding time of the next packet in the file, and each decoded frame keeps the time of its packet: the decoder
#   gives the frames in display order with pts 1, 4, 3, 5, 2, 6, ... Sorting by pts puts the frames out of order; a filter on
#   growing times drops frames. Without B-frames the times are in order, but all are one frame late. MP4 and Matroska are right.
# Instead: keep the decoder's order, and sort the times on their own: sorted(times)[i] belongs to frame i. Times that start at
#   the second frame's (1/rate) are shifted by one frame: subtract the first.
# Source: av/container/core.py, Container.__cinit__: `self.ptr.flags |= lib.AVFMT_FLAG_GENPTS`. FFmpeg's libavformat/demux.c,
#   av_read_frame, fills in a missing pts from the next packet's dts if genpts is set; compute_pkt_fields in the same file
#   says that it does not interpolate pts for H.264; libavformat/avidec.c sets only packet.dts.
#
# Output (2026-11-30, Python 3.11, Linux x86-64):
#   PyAV 16.1.0 b_frames.mp4: places [0, 1, 2, 3, 4, 5, 6, 7] times [0.0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.24, 0.28]
#   PyAV 16.1.0 b_frames.mkv: places [0, 1, 2, 3, 4, 5, 6, 7] times [0.0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.24, 0.28]
#   PyAV 16.1.0 no_b_frames.avi: places [0, 1, 2, 3, 4, 5, 6, 7] times [0.04, 0.08, 0.12, 0.16, 0.2, 0.24, 0.28, 0.32]
#   PyAV 16.1.0 b_frames.avi: places [0, 1, 2, 3, 4, 5, 6, 7] times [0.04, 0.16, 0.12, 0.2, 0.08, 0.24, 0.32, 0.36]
#   sorted times of b_frames.avi are 1/25 s apart
#   PyAV 18.1.0 b_frames.mp4: places [0, 1, 2, 3, 4, 5, 6, 7] times [0.0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.24, 0.28]
#   PyAV 18.1.0 b_frames.mkv: places [0, 1, 2, 3, 4, 5, 6, 7] times [0.0, 0.04, 0.08, 0.12, 0.16, 0.2, 0.24, 0.28]
#   PyAV 18.1.0 no_b_frames.avi: places [0, 1, 2, 3, 4, 5, 6, 7] times [0.04, 0.08, 0.12, 0.16, 0.2, 0.24, 0.28, 0.32]
#   PyAV 18.1.0 b_frames.avi: places [0, 1, 2, 3, 4, 5, 6, 7] times [0.04, 0.16, 0.12, 0.2, 0.08, 0.24, 0.32, 0.36]
#   sorted times of b_frames.avi are 1/25 s apart
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
COUNT, STEP = 24, 10


def write(path, b_frames):
    """Frame i is a flat grey of STEP * i, so that its place can be read from its pixels."""
    with av.open(path, "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"bf": str(b_frames), "x264-params": "b-adapt=0"})
        stream.width = stream.height = 64
        stream.pix_fmt = "yuv420p"
        for index in range(COUNT):
            frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), STEP * index, np.uint8), format="rgb24")
            frame.pts, frame.time_base = index, Fraction(1, 25)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def read(path):
    with av.open(path) as container:
        decoded = [(frame.time, round(frame.to_ndarray(format="rgb24").mean() / STEP)) for frame in container.decode(video=0)]
    return zip(*decoded)


for name, b_frames in (("b_frames.mp4", 3), ("b_frames.mkv", 3), ("no_b_frames.avi", 0), ("b_frames.avi", 3)):
    write(name, b_frames)
    times, places = (list(column) for column in read(name))
    print(f"PyAV {av.__version__} {name}: places {places[:8]} times {[round(time, 2) for time in times[:8]]}")
    if places != list(range(COUNT)):
        sys.exit("The behaviour changed: the frames are no longer decoded in display order.")
    shuffled = times != sorted(times)
    if shuffled != (name == "b_frames.avi"):
        sys.exit("The behaviour changed: the times of this file are no longer as described.")
# The times as a set are right, apart from one shared offset.
assert np.allclose(np.diff(sorted(times)), 1 / 25), sorted(times)
print("sorted times of b_frames.avi are 1/25 s apart")
PROGRAM
for version in 16.1.0 18.1.0; do
    venv/bin/python -m pip install --quiet --disable-pip-version-check "av==$version" numpy==2.4.6
    venv/bin/python program.py
done
