"""Reading the frames of a time-lapse of any format, square and of one size."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from ..errors import ExemplarError
from ..runtime.printable import printable
from ..runtime.regular_files import display_path, file_kind, open_regular
from .exemplar_limits import MAX_TRAINING_BYTES
from .file_names import UNSUPPORTED
from .frame_source import FrameSource
from .image_sequences import open_image_folder, open_image_zip
from .images.animation import open_animation
from .images.deep_pixels import DeepPicture, Depth
from .images.square_frame import square_frame
from .video.video import open_video, video_container


def open_frame_source(path: Path) -> FrameSource:
    """Open a folder, or a file by its first bytes; raises ExemplarError where it is no time-lapse."""
    if file_kind(path, ExemplarError) == "a folder":
        return open_image_folder(path)
    with open_regular(path, ExemplarError) as file:
        head = file.read(32)
    if path.suffix.lower() in UNSUPPORTED:  # raw images are TIFFs with a thumbnail
        raise ExemplarError(
            f"{display_path(path)} is not supported. {UNSUPPORTED[path.suffix.lower()][1]}", code="unsupported-format"
        )
    if head.startswith(b"PK\x03\x04"):
        return open_image_zip(path)
    container = video_container(head)
    return open_animation(path) if container is None else open_video(path, container)


def read_frames(
    source: FrameSource, picks: Sequence[int] | np.ndarray, size: int, name: str
) -> tuple[UInt8[np.ndarray, "n 3 size size"], set[tuple[int, int]], list[str]]:
    """Read picked frames at a size.

    Args:
        source: The time-lapse.
        picks: Ascending indices of frames.
        size: Side of the resulting frames in pixels.
        name: Name of the exemplar, for messages.

    Returns:
        The frames (fewer where the file is truncated), their original (width, height), and notes on them.

    Raises:
        ExemplarError: For too many pixels, invalid frames, or where no two frames differ (code "no-change").
    """
    if len(picks) * 3 * size * size > MAX_TRAINING_BYTES:
        max_side = math.isqrt(MAX_TRAINING_BYTES // (3 * len(picks)))
        raise ExemplarError(
            f"{len(picks)} frames of {size}x{size} are too many; the largest size is {max_side}x{max_side}.", code="too-large"
        )
    try:
        taken = np.empty((len(picks), 3, size, size), np.uint8)
    except MemoryError as error:
        raise ExemplarError(f"{len(picks)} frames of {size}x{size} do not fit into memory.", code="memory") from error
    depth = Depth()
    while (read := _read_into(taken, source, [int(pick) for pick in picks], depth)) is None:
        pass  # at most four times, each time with more bits
    count, sizes, notes = read
    taken = taken[:count]
    if count < 2 or not (taken[1:] != taken[0]).any():
        raise ExemplarError(
            f"All frames of {name} look the same; a time-lapse needs at least two different ones.", code="no-change"
        )
    if (note := depth.note()) is not None:
        notes.append(note)
    return taken, sizes, notes


def _read_into(taken, source, picks, depth):
    """Fill `taken`; returns the number of frames, their sizes, and notes. None: a frame uses more bits than those before it."""
    count, sizes, notes = 0, set(), {}
    for count, picture in enumerate(source.pictures(picks), start=1):
        if isinstance(picture, DeepPicture) and depth.grows(picture):
            return None
        try:
            taken[count - 1], note = square_frame(picture, taken.shape[-1], depth.bits or 16)
        except (ValueError, OSError) as error:  # a mode that this version of Pillow cannot convert
            raise ExemplarError(
                f"Frame {count} is of an unsupported kind ({printable(str(error))}).", code="unsupported-format"
            ) from error
        sizes.add(picture.size)
        notes |= {} if note is None else {note: None}
    return count, sizes, list(notes)[:3]  # each frame may name another profile
