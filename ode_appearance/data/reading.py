"""Reading a time-lapse, whatever it is kept in: its frames come out square and of one size."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from jaxtyping import UInt8

from ..errors import ExemplarError
from ..runtime.printable import printable
from ..runtime.regular_files import display_path, file_kind, open_regular
from .exemplar_limits import MAX_LEARNT_BYTES
from .file_names import NOT_READ
from .frame_source import Source
from .images.animation import open_animation
from .images.deep_pixels import DeepPicture, Depth
from .images.prepare import frame_and_remark
from .picture_files import open_folder, open_zip
from .video.video import open_video, video_container


def open_source(path: Path) -> Source:
    """A folder, or a file that is what its first bytes say; raises ExemplarError for what is no time-lapse."""
    if file_kind(path, ExemplarError) == "a folder":
        return open_folder(path)
    with open_regular(path, ExemplarError) as file:
        head = file.read(32)
    if path.suffix.lower() in NOT_READ:  # a raw picture is a TIFF with a thumbnail
        raise ExemplarError(f"{display_path(path)} is not read. {NOT_READ[path.suffix.lower()][1]}")
    if head.startswith(b"PK\x03\x04"):
        return open_zip(path)
    container = video_container(head)
    return open_animation(path) if container is None else open_video(path, container)


def read_frames(
    source: Source, picks: Sequence[int] | np.ndarray, size: int, name: str
) -> tuple[UInt8[np.ndarray, "n 3 size size"], set[tuple[int, int]], list[str]]:
    """The picked frames, brought to a size; the (width, height) that they had; and sentences on what was done to them.

    Fewer frames where the file breaks off. Raises ExemplarError for more than is learnt from, and where no two of them differ.
    """
    if len(picks) * 3 * size * size > MAX_LEARNT_BYTES:
        most = math.isqrt(MAX_LEARNT_BYTES // (3 * len(picks)))
        raise ExemplarError(f"{len(picks)} frames of {size}x{size} are too many: {most}x{most} is the largest that is learnt.")
    try:
        taken = np.empty((len(picks), 3, size, size), np.uint8)
    except MemoryError as error:
        raise ExemplarError(f"{len(picks)} frames of {size}x{size} do not fit into memory.") from error
    depth = Depth()
    while (read := _read_into(taken, source, [int(pick) for pick in picks], depth)) is None:
        pass  # at most four times: each time with more bits
    count, sizes, remarks = read
    taken = taken[:count]
    if count < 2 or not (taken[1:] != taken[0]).any():
        raise ExemplarError(f"All frames of {name} look the same; a time-lapse needs at least two different ones.")
    if (remark := depth.remark()) is not None:
        remarks.append(remark)
    return taken, sizes, remarks


def _read_into(taken, source, picks, depth):
    """Fill `taken`: the number of frames, their sizes, and remarks; None where a frame has more bits than those before it."""
    count, sizes, remarks = 0, set(), {}
    for count, picture in enumerate(source.pictures(picks), start=1):
        if isinstance(picture, DeepPicture) and depth.grows(picture):
            return None
        try:
            taken[count - 1], remark = frame_and_remark(picture, taken.shape[-1], depth.bits or 16)
        except (ValueError, OSError) as error:  # a mode that this version of Pillow does not convert
            raise ExemplarError(f"Frame {count} is of a kind that is not read ({printable(str(error))}).") from error
        sizes.add(picture.size)
        remarks |= {} if remark is None else {remark: None}
    return count, sizes, list(remarks)[:3]  # a profile may be called otherwise in each frame
