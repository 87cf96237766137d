"""Pictures to files: 8-bit frames, stills and animations."""

import io
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

import numpy as np
from jaxtyping import Array, Float, UInt8
from PIL import Image

AnimationFormat = Literal["gif", "webp", "mp4"]


def to_bytes(picture: Float[Array, "3 h w"] | Float[np.ndarray, "3 h w"]) -> UInt8[np.ndarray, "h w 3"]:
    """Display values in [0, 1] as 8-bit pixels: times 255, truncated, as the published samplers do."""
    return (np.clip(np.asarray(picture), 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0)


def save_still(frame: UInt8[np.ndarray, "h w 3"], file: Path | io.BytesIO) -> None:
    """Write a PNG."""
    Image.fromarray(frame).save(file, "PNG")


def save_animation(
    frames: Sequence[UInt8[np.ndarray, "h w 3"]],
    file: Path | io.BytesIO,
    format: AnimationFormat,
    seconds_per_frame: float,
) -> None:
    """Write an endlessly looping GIF or WebP, or an MP4 (H.264, yuv420p; its sides are cropped to even lengths)."""
    if format == "mp4":
        _save_video(frames, file, 1 / seconds_per_frame)
        return
    images = [Image.fromarray(frame) for frame in frames]
    options = {"quality": 85, "method": 4} if format == "webp" else {"optimize": False}
    milliseconds = max(1, round(seconds_per_frame * 1000))
    images[0].save(file, format.upper(), save_all=True, append_images=images[1:], duration=milliseconds, loop=0, **options)


def _save_video(frames, file, frames_per_second):
    import imageio.v3 as iio

    # Else imageio forks and runs Python in the child, which can hang beside JAX's threads, as JAX warns.
    os.environ.setdefault("IMAGEIO_FFMPEG_NO_PREVENT_SIGINT", "1")
    height, width = (length // 2 * 2 for length in frames[0].shape[:2])
    iio.imwrite(
        file,
        np.stack([frame[:height, :width] for frame in frames]),
        extension=".mp4",
        plugin="FFMPEG",
        fps=frames_per_second,
        codec="libx264",
        macro_block_size=1,
        output_params=["-crf", "18", "-pix_fmt", "yuv420p"],
    )
