"""Reading a time-lapse, whatever it is kept in: its frames come out square and of one size."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from ..errors import ExemplarError
from .animation import open_animation
from .limits import MAX_LEARNT_BYTES
from .pictures import open_folder, open_zip
from .prepare import square_frame
from .source import Source
from .video import open_video, video_container


def open_source(path: Path) -> Source:
    """A folder, or a file that is what its first bytes say; raises ExemplarError for what is no time-lapse."""
    if path.is_dir():
        return open_folder(path)
    if not path.is_file():
        raise ExemplarError(f"There is no file or folder {path}.")
    with path.open("rb") as file:
        head = file.read(32)
    if head.startswith(b"PK\x03\x04"):
        return open_zip(path)
    container = video_container(head)
    return open_animation(path) if container is None else open_video(path, container)


def read_frames(
    source: Source, picks: Sequence[int] | np.ndarray, size: int, name: str
) -> tuple[UInt8[np.ndarray, "n 3 size size"], set[tuple[int, int]]]:
    """The picked frames, brought to a size, and the (width, height) that they had; fewer where the file breaks off.

    Raises ExemplarError for more than is learnt from, and where no two of them differ.
    """
    if len(picks) * 3 * size * size > MAX_LEARNT_BYTES:
        most = math.isqrt(MAX_LEARNT_BYTES // (3 * len(picks)))
        raise ExemplarError(f"{len(picks)} frames of {size}x{size} are too many: {most}x{most} is the largest that is learnt.")
    try:
        taken = np.empty((len(picks), 3, size, size), np.uint8)
    except MemoryError as error:
        raise ExemplarError(f"{len(picks)} frames of {size}x{size} do not fit into memory.") from error
    count, sizes = 0, set()
    for count, picture in enumerate(source.pictures([int(pick) for pick in picks]), start=1):
        taken[count - 1] = square_frame(picture, size)
        sizes.add(picture.size)
    taken = taken[:count]
    if count < 2 or not (taken[1:] != taken[0]).any():
        raise ExemplarError(f"All frames of {name} look the same; a time-lapse needs at least two different ones.")
    return taken, sizes
