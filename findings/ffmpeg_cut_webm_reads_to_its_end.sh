#!/usr/bin/env bash
# A WebM or Matroska file that lost its second half is read to its end without an exception or a corrupt flag.
#
# Expected: PyAV reports a half-uploaded file with an exception, frame.is_corrupt or packet.is_corrupt. (An MP4 file that lost
#   its end, where its index is by default, is refused with InvalidDataError.)
# Happens: decoding simply ends early. The only sign is FFmpeg's log line "File ended prematurely", which PyAV drops unless
#   logging was turned on: its default level is None. container.duration still tells the whole length, which is in the header;
#   FFmpeg does not compare. stream.frames is 0 for WebM, so that there is no count to compare either.
# Instead: after decoding, compare the last frame's time plus 1 / average_rate with container.duration, and refuse or warn
#   when more than a frame is missing. Or call av.logging.set_level(av.logging.ERROR), read inside av.logging.Capture(), and
#   look for that line; this also works for a recording without a duration in its header.
# Source: FFmpeg's libavformat/matroskadec.c logs the end of the file inside the segment ("File ended prematurely") and returns
#   an ordinary end of file. PyAV's av/logging.py, set_level: the level is None by default.
#
# Output (2026-11-30, Python 3.11, Linux x86-64):
#   PyAV 16.1.0 default log level None
#   PyAV 16.1.0 whole.webm: 3959 bytes, 100 frames, last ends at 4.00 s, declared 4.00 s and 0 frames, corrupt flags 0, messages []
#   PyAV 16.1.0 half.webm: 2233 bytes, 52 frames, last ends at 2.08 s, declared 4.00 s and 0 frames, corrupt flags 0, messages ['File ended prematurely at pos. 2233 (0x8b9)\n']
#   PyAV 18.1.0 default log level None
#   PyAV 18.1.0 whole.webm: 3962 bytes, 100 frames, last ends at 4.00 s, declared 4.00 s and 0 frames, corrupt flags 0, messages []
#   PyAV 18.1.0 half.webm: 2236 bytes, 52 frames, last ends at 2.08 s, declared 4.00 s and 0 frames, corrupt flags 0, messages ['File ended prematurely at pos. 2236 (0x8bc)\n']
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
"${PYTHON:-python3}" -m venv venv
cat > program.py <<'PROGRAM'
import sys
from fractions import Fraction
from pathlib import Path

import av
import av.logging
import numpy as np

COUNT, RATE = 100, 25
CLUSTER = bytes.fromhex("1f43b675")

with av.open("whole.webm", "w", options={"cluster_time_limit": "1000"}) as container:
    stream = container.add_stream("libvpx", rate=RATE, options={"g": "25"})
    stream.width = stream.height = 64
    stream.pix_fmt = "yuv420p"
    for index in range(COUNT):
        frame = av.VideoFrame.from_ndarray(np.full((64, 64, 3), 2 * index, np.uint8), format="rgb24")
        frame.pts, frame.time_base = index, Fraction(1, RATE)
        container.mux(stream.encode(frame))
    container.mux(stream.encode(None))

whole = Path("whole.webm").read_bytes()
starts = [at for at in range(len(whole)) if whole.startswith(CLUSTER, at)]
# The file up to the start of the third cluster: every cluster in it is complete.
Path("half.webm").write_bytes(whole[: starts[2]])

print("PyAV", av.__version__, "default log level", av.logging.get_level())
if av.logging.get_level() is not None:
    sys.exit("The behaviour changed: PyAV shows FFmpeg's log by default.")
av.logging.set_level(av.logging.ERROR)
for name in ("whole.webm", "half.webm"):
    with av.logging.Capture() as messages, av.open(name) as container:
        video = container.streams.video[0]
        packets = [packet for packet in container.demux(video)]
        flags = sum(packet.is_corrupt for packet in packets)
        frames = [frame for packet in packets for frame in packet.decode()]
        flags += sum(frame.is_corrupt for frame in frames)
        declared, counted = container.duration / av.time_base, video.frames
        end = frames[-1].time + 1 / float(video.average_rate)
    print(f"PyAV {av.__version__} {name}: {Path(name).stat().st_size} bytes, {len(frames)} frames, last ends at {end:.2f} s, "
          f"declared {declared:.2f} s and {counted} frames, corrupt flags {flags}, messages {[text for _, _, text in messages]}")  # fmt: skip
    if name == "whole.webm" and len(frames) != COUNT:
        sys.exit("The whole file is not read whole: the comparison is void.")
if flags or counted:
    sys.exit("The behaviour changed: the cut file is flagged as corrupt, or its frames are counted.")
if not any("ended prematurely" in text for _, _, text in messages):
    sys.exit("The behaviour changed: FFmpeg no longer logs that the file ended prematurely.")
if len(frames) >= COUNT or declared < COUNT / RATE - 0.05:
    sys.exit("The behaviour changed: the cut file no longer ends early with the whole length declared.")
PROGRAM
for version in 16.1.0 18.1.0; do
    venv/bin/python -m pip install --quiet --disable-pip-version-check "av==$version" numpy==2.4.6
    venv/bin/python program.py
done
