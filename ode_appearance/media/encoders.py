"""Encoders: 8-bit frames to still images, animations and videos."""

import io
import os
import shutil
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO, Literal, NamedTuple

import numpy as np
from jaxtyping import Array, Float, UInt8
from PIL import Image

from ..runtime.extras import require
from .gif_palette import with_one_palette

AnimationFormat = Literal["gif", "webp", "mp4"]
TICK_MILLISECONDS = {"gif": 10, "webp": 1}
"""Unit of frame durations in each format."""


class VideoEncoding(NamedTuple):
    """Options for ffmpeg: codec, pixel format and further parameters."""

    codec: str
    pixels: str
    parameters: tuple[str, ...]


def h264(crf: int, preset: str = "medium") -> VideoEncoding:
    """H.264 in an MP4 that plays everywhere; sides have to be even.

    The file is tagged with the colour matrix, primaries and transfer of BT.709, so that players need not guess, and its index
    comes first, so that browsers can play it during the download. The tags are set by a filter: since ffmpeg 8 the encoder
    takes them from the frames and ignores the options -color_primaries and -color_trc.
    """
    named = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    colours = ("-vf", f"scale=out_color_matrix=bt709:out_range=tv,format=yuv420p,{named}")
    more = ("-movflags", "+faststart", "-f", "mp4")
    return VideoEncoding("libx264", "yuv420p", ("-crf", str(crf), "-preset", preset, *colours, *more))


RAW_AVI = VideoEncoding("rawvideo", "bgr24", ("-f", "avi"))
"""Uncompressed."""


def to_bytes(picture: Float[Array, "c h w"] | Float[np.ndarray, "c h w"]) -> UInt8[np.ndarray, "h w c"]:
    """Display values in [0, 1] as 8-bit pixels: times 255, truncated, as in the published samplers."""
    return (np.clip(np.asarray(picture), 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)


def save_still(frame: UInt8[np.ndarray, "h w _"] | UInt8[np.ndarray, "h w"], file: Path | BinaryIO | io.BytesIO) -> None:
    """Write a PNG: grey, grey with alpha (two channels) or RGB (three)."""
    Image.fromarray(frame).save(file, "PNG")


def save_animation(
    frames: Iterable[UInt8[np.ndarray, "h w 3"] | UInt8[np.ndarray, "h w"]],
    file: Path | BinaryIO | io.BytesIO,
    format: AnimationFormat,
    seconds_per_frame: float,
) -> None:
    """Write a looping GIF (one palette) or WebP, or an MP4 (H.264, yuv420p, sides padded to even).

    Args:
        frames: RGB or grey frames; an MP4 is encoded frame by frame.
        file: A path or a binary file.
        format: "gif", "webp" or "mp4".
        seconds_per_frame: Duration of a frame. Where it is not a whole number of the format's ticks, durations differ by one
            tick and the total is kept.

    Raises:
        OSError: Where the video encoder fails.
    """
    if format == "mp4":
        _save_mp4(frames, file, 1 / seconds_per_frame)
        return
    if format == "gif":
        images = with_one_palette(list(frames))
        options = {"optimize": False, "palette": images[0].getpalette()}
    else:
        images = [Image.fromarray(frame) for frame in frames]
        options = {"quality": 85, "method": 4}
    tick = TICK_MILLISECONDS[format]
    ends = np.rint(np.arange(len(images) + 1) * seconds_per_frame * 1000 / tick).astype(int)
    durations = [max(1, int(ticks)) * tick for ticks in np.diff(ends)]
    images[0].save(file, format.upper(), save_all=True, append_images=images[1:], duration=durations, loop=0, **options)


def _save_mp4(frames, file, frames_per_second):
    # To a temporary file: ffmpeg seeks back to the start of the file, which `file` may not support.
    with tempfile.TemporaryDirectory() as folder:
        video = Path(folder) / "video.mp4"
        save_video(map(pad_to_even, frames), video, frames_per_second, h264(crf=18))
        with video.open("rb") as written:
            if isinstance(file, Path):
                with file.open("wb") as target:
                    shutil.copyfileobj(written, target)
            else:
                shutil.copyfileobj(written, file)


def pad_to_even(frame: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "even_h even_w 3"]:
    """Make both sides even by repeating the last row and column."""
    return np.pad(frame, ((0, frame.shape[0] % 2), (0, frame.shape[1] % 2), (0, 0)), mode="edge")


def save_video(
    frames: Iterable[UInt8[np.ndarray, "h w 3"]], path: Path, frames_per_second: float, encoding: VideoEncoding
) -> None:
    """Encode a video frame by frame.

    Args:
        frames: At least one; H.264 needs even sides.
        path: The file to write.
        frames_per_second: The frame rate.
        encoding: Codec options.

    Raises:
        OSError: Where the encoder fails.
    """
    imageio_ffmpeg = require("imageio_ffmpeg")

    # Otherwise imageio forks and runs Python in the child, which can deadlock with JAX's threads, as JAX warns.
    os.environ.setdefault("IMAGEIO_FFMPEG_NO_PREVENT_SIGINT", "1")
    settings: dict[str, Any] = {
        "fps": frames_per_second,
        "codec": encoding.codec,
        "pix_fmt_out": encoding.pixels,
        "output_params": list(encoding.parameters),
        "quality": None,
        "ffmpeg_log_level": "error",
        "macro_block_size": 1,
    }
    writer, sent = None, 0
    try:
        for frame in frames:
            if writer is None:
                writer = imageio_ffmpeg.write_frames(path, (frame.shape[1], frame.shape[0]), **settings)
                writer.send(None)
            writer.send(np.ascontiguousarray(frame))
            sent += 1
    finally:
        if writer is not None:
            writer.close()
    # imageio-ffmpeg ignores ffmpeg's exit status; the disk may have been full.
    try:
        written, _ = imageio_ffmpeg.count_frames_and_secs(path)
    except RuntimeError:
        written = 0
    if written != sent:
        raise OSError(f"ffmpeg wrote {written} of {sent} video frames; the disk may be full")
