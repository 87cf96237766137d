"""Videos made for tests, with PyAV, and with the ffmpeg of imageio-ffmpeg where PyAV cannot write what is wanted."""

import subprocess
from collections.abc import Iterable
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np

# By container: its codec, with reordered frames and few key frames where it has them.
CODECS = {
    "mp4": ("libx264", "yuv420p", {"g": "250", "bf": "3", "crf": "10"}),
    "mov": ("mjpeg", "yuvj444p", {"qmin": "1", "qmax": "1"}),
    "mkv": ("libx264", "yuv420p", {"g": "250", "bf": "3", "crf": "10"}),
    "webm": ("libvpx", "yuv420p", {"deadline": "realtime", "cpu-used": "8", "b": "2M"}),
    "avi": ("mpeg4", "yuv420p", {"bf": "2", "qmin": "1", "qmax": "2"}),
}


def grey_frame(grey: int, size: tuple[int, int]) -> np.ndarray:
    """A frame of one grey, (height, width, 3)."""
    return np.full((size[1], size[0], 3), grey, np.uint8)


def write_film(
    path: Path,
    frames: Iterable[np.ndarray | av.VideoFrame],
    rate: float | Fraction = 25,
    *,
    stamps: list[int] | None = None,
    codec: tuple[str, str, dict[str, str]] | None = None,
    last_length: int | None = None,
    tags: dict | None = None,
    container: dict[str, str] | None = None,
) -> Path:
    """Write frames (R'G'B' pictures, or frames of the codec's layout) at a rate, or at time stamps in milliseconds.

    `last_length` is how long the last one is, in milliseconds; `tags` are attributes of the codec context, `container` options
    of the container.
    """
    name, layout, options = CODECS[path.suffix[1:]] if codec is None else codec
    rate = Fraction(rate).limit_denominator(1001)
    base = 1 / rate if stamps is None else Fraction(1, 1000)
    with av.open(str(path), "w", options=container or {}) as file:
        stream = None
        for index, picture in enumerate(frames):
            frame = picture if isinstance(picture, av.VideoFrame) else as_layout(picture, layout)
            if stream is None:
                stream = file.add_stream(name, rate=rate)
                stream.width, stream.height, stream.pix_fmt, stream.options = frame.width, frame.height, layout, options
                stream.codec_context.time_base = base
                for tag, value in (tags or {}).items():
                    setattr(stream.codec_context, tag, value)
            frame.pts, frame.time_base = (index if stamps is None else stamps[index]), base
            for packet in stream.encode(frame):
                if last_length and packet.pts == stamps[-1]:
                    packet.duration = last_length
                file.mux(packet)
        file.mux(stream.encode())
    return path


def as_layout(picture: np.ndarray, layout: str) -> av.VideoFrame:
    """A picture as a frame of a pixel layout, by the matrix of BT.601."""
    return av.VideoFrame.from_ndarray(np.ascontiguousarray(picture), "rgb24").reformat(format=layout)


def planar(layout: str, size: tuple[int, int], values: tuple[int, ...]) -> av.VideoFrame:
    """A frame of one colour: `values` fill its planes as they are (two bytes each where the layout has more than 8 bits)."""
    frame = av.VideoFrame(*size, layout)
    for plane, value in zip(frame.planes, values, strict=True):
        deep = frame.format.components[0].bits > 8
        plane.update(np.full(plane.buffer_size // (2 if deep else 1), value, np.uint16 if deep else np.uint8).tobytes())
    return frame


def ffmpeg(*arguments: str | Path) -> None:
    """Run the ffmpeg of imageio-ffmpeg."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-nostdin", *map(str, arguments)]
    subprocess.run(command, check=True, timeout=120)
