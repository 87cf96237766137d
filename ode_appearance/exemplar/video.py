"""Videos, through the ffmpeg that imageio-ffmpeg brings along."""

import re
import subprocess
from pathlib import Path

from PIL import Image

from ..errors import ExemplarError
from .limits import (
    MAX_COUNTING_SECONDS,
    MAX_FILE_BYTES,
    MAX_FRAMES,
    MAX_VIDEO_BYTES,
    check_bytes,
    check_frame_count,
    check_picture_size,
)
from .source import Source

# ffmpeg is told the container, found by its first bytes, and may open nothing but this file: a playlist in disguise
# could otherwise make it read other files or addresses.
_CONTAINERS = (
    (re.compile(rb"....(ftyp|moov|mdat|wide|free)", re.DOTALL), "mov"),
    (re.compile(rb"\x1aE\xdf\xa3"), "matroska"),
    (re.compile(rb"RIFF....AVI ", re.DOTALL), "avi"),
    (re.compile(rb"OggS"), "ogg"),
)
# What ffmpeg says of a file that ends too early, by its container.
_BROKEN = re.compile(rb"partial file|File ended prematurely|corrupt input packet|Truncating packet")
_PICTURE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")


def video_container(head: bytes) -> str | None:
    """ffmpeg's name of the container that a file beginning with these 16 bytes or more has; None where it is no video."""
    if head[4:8] == b"ftyp" and head[8:12] in _PICTURE_BRANDS:
        return None
    return next((name for pattern, name in _CONTAINERS if pattern.match(head)), None)


def open_video(path: Path, container: str) -> Source:
    """A video file, its frames taken as equally long; only those that are asked for come through the pipe."""
    try:
        import imageio_ffmpeg
    except ImportError as error:
        raise ExemplarError("Reading a video needs imageio-ffmpeg: pip install imageio-ffmpeg.") from error
    check_bytes(path.stat().st_size, MAX_FILE_BYTES, path.name)
    # An absolute path, so that ffmpeg can take it neither for an option nor for a protocol.
    file = str(path.resolve())
    options = ["-nostdin", "-max_alloc", str(MAX_VIDEO_BYTES), "-protocol_whitelist", "file", "-f", container]
    count, broken = _count_frames([imageio_ffmpeg.get_ffmpeg_exe(), *options, "-i", file], path.name)
    width, height = _frame_size(imageio_ffmpeg.read_frames(file, input_params=options), path.name)
    check_picture_size(width, height, path.name)
    check_frame_count(count, width, height, path.name)

    def pictures(picks):
        chosen = "+".join(f"eq(n\\,{index})" for index in picks)
        # Renumbered, the chosen frames leave at a constant rate, so that ffmpeg neither drops nor repeats one.
        filters = f"select='{chosen}',setpts=N/25/TB"
        frames = imageio_ffmpeg.read_frames(file, input_params=options, output_params=["-vf", filters, "-r", "25"])
        try:
            size = next(frames)["size"]
            check_picture_size(*size, path.name)
            for _, frame in zip(picks, frames, strict=False):
                yield Image.frombytes("RGB", size, frame)
        except (OSError, RuntimeError, StopIteration) as error:
            raise ExemplarError(f"{path.name} cannot be decoded; convert it to an MP4 (H.264) first.") from error
        finally:
            frames.close()

    return Source(count, pictures, lambda: [index / count for index in range(count)], broken)


def _count_frames(command, name):
    """Number of frames of the first video stream (0 where there is none), and whether the file breaks off.

    They are counted from its packets, and not decoded.
    """
    copy = [*command, "-map", "0:v:0", "-c", "copy", "-frames:v", str(MAX_FRAMES + 1), "-f", "null", "-"]
    try:
        run = subprocess.run(copy, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=MAX_COUNTING_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise ExemplarError(f"{name} takes too long to be read: convert it to an MP4 (H.264) first.") from error
    log = run.stderr
    counts = re.findall(rb"frame=\s*(\d+)", log)
    return int(counts[-1]) if counts else 0, _BROKEN.search(log) is not None


def _frame_size(frames, name):
    try:
        return next(frames)["source_size"]
    except (OSError, KeyError, StopIteration) as error:
        raise ExemplarError(f"{name} is no video that ffmpeg can read.") from error
    finally:
        frames.close()
