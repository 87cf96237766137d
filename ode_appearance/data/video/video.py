"""Videos (MP4, MOV, Matroska, WebM, AVI, Ogg), decoded by PyAV in a separate process."""

import itertools
import re
import statistics
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from ..exemplar_limits import (
    MAX_COUNTING_SECONDS,
    MAX_DECODING_SECONDS,
    MAX_FILE_BYTES,
    MAX_FRAMES,
    MAX_PIXELS,
    check_bytes,
    check_frame_count,
    check_image_size,
)
from ..frame_source import FrameSource
from .video_colour import colour_notes, video_to_srgb
from .video_process import ask_worker

# FFmpeg gets the container by its first bytes, so that it does not follow disguised playlists.
_CONTAINERS = (
    (re.compile(rb"....(ftyp|moov|mdat|wide|free)", re.DOTALL), "mov"),
    (re.compile(rb"\x1aE\xdf\xa3"), "matroska"),
    (re.compile(rb"RIFF....AVI ", re.DOTALL), "avi"),
    (re.compile(rb"OggS"), "ogg"),
)
_PICTURE_BRANDS = (b"avif", b"avis", b"heic", b"heix", b"mif1", b"msf1")
# Signs (a, b, c, d) of a display matrix, which maps (x, y) to (ax + cy, bx + dy).
_TURNS = {
    (1, 0, 0, 1): None,
    (0, 1, -1, 0): Image.Transpose.ROTATE_270,
    (-1, 0, 0, -1): Image.Transpose.ROTATE_180,
    (0, -1, 1, 0): Image.Transpose.ROTATE_90,
    (-1, 0, 0, 1): Image.Transpose.FLIP_LEFT_RIGHT,
    (1, 0, 0, -1): Image.Transpose.FLIP_TOP_BOTTOM,
    (0, 1, 1, 0): Image.Transpose.TRANSPOSE,
    (0, -1, -1, 0): Image.Transpose.TRANSVERSE,
}


def video_container(head: bytes) -> str | None:
    """FFmpeg's name of the container of a file that begins with these 16 or more bytes; None where it is no video."""
    if head[4:8] == b"ftyp" and head[8:12] in _PICTURE_BRANDS:
        return None
    return next((name for pattern, name in _CONTAINERS if pattern.match(head)), None)


def open_video(path: Path, container: str) -> FrameSource:
    """Open a video: its frames in presentation order, each once, with the times of the file.

    Edit lists, pixel aspect ratios, display matrices, colour matrices and ranges are applied; high dynamic range and wide
    gamuts are converted to sRGB. `count` is the number of packets; `exact_count` that of decoded frames.

    Args:
        path: The file.
        container: FFmpeg's name of its container.

    Raises:
        ExemplarError: Where the video cannot be decoded or exceeds a limit.
    """
    check_bytes(path.stat().st_size, MAX_FILE_BYTES, path.name)
    request = {"path": str(path.resolve()), "container": container, "pixels": MAX_PIXELS}
    ((found, _),) = ask_worker({**request, "picks": None, "max_count": MAX_FRAMES}, MAX_COUNTING_SECONDS, path.name)
    check_image_size(found["width"], found["height"], path.name)
    check_frame_count(found["count"], found["width"], found["height"], path.name)
    truncated = found["damaged"] or (container == "matroska" and _is_cut_off(path))
    notes: list[str] = []
    ended: dict = {}

    def pictures(picks: Sequence[int]) -> Iterator[Image.Image]:
        notes.clear()
        for message, content in ask_worker({**request, "picks": list(picks)}, MAX_DECODING_SECONDS, path.name):
            if "stamps" in message:
                ended.update(message)
                continue
            check_image_size(message["width"], message["height"], path.name)
            notes.extend(note for note in _notes(message) if note not in notes)
            yield _picture(message, content)
        if ended["damaged"] and not truncated:
            notes.append("Some of its frames are damaged.")

    def shares() -> list[float]:
        starts = presentation_shares(ended["stamps"], ended["length"])
        if starts is not None:
            return starts
        notes.append("Its time stamps are missing or equal: its frames are read as equally long.")
        count = len(ended["stamps"])
        return [index / count for index in range(count)]

    return FrameSource(found["count"], pictures, shares, truncated, lambda: notes, lambda: len(ended["stamps"]))


def presentation_shares(stamps: Sequence[int | None], length: int) -> list[float] | None:
    """Start of each frame as a share of the span; None where time stamps are missing or equal.

    Args:
        stamps: Time stamps, in any order: those of AVI files with B-frames are not in presentation order.
        length: Duration of the last frame; many files give none or a wrong one. At least the median of the five before is used.
    """
    if None in stamps or len(stamps) < 2:
        return None
    stamps = sorted(stamps)
    intervals = [after - before for before, after in itertools.pairwise(stamps)]
    if min(intervals) <= 0:
        return None
    span = stamps[-1] - stamps[0] + max(length, statistics.median_low(intervals[-5:]))
    return [(stamp - stamps[0]) / span for stamp in stamps]


def _picture(message, content):
    size = message["width"], message["height"]
    if message["deep"]:
        values = np.frombuffer(content, "<u2").reshape(size[1], size[0], 3)
        picture = Image.fromarray(video_to_srgb(values, message["transfer"], message["primaries"]))
    else:
        picture = Image.frombytes("RGB", size, content)
    turn = _TURNS.get(tuple(message["turn"])) if message["turn"] else None
    return picture if turn is None else picture.transpose(turn)


def _notes(message):
    yield from colour_notes(message["transfer"], message["primaries"], message["matrix"])
    if message["turn"] and tuple(message["turn"]) not in _TURNS:
        yield "Its rotation is no multiple of 90 degrees and was ignored."


def _is_cut_off(path):
    """Whether a Matroska file is shorter than its segment; FFmpeg reads such a file without an error."""
    end = path.stat().st_size
    with path.open("rb") as file:
        for name in (b"\x1aE\xdf\xa3", b"\x18S\x80g"):  # the EBML header, the segment
            head = file.read(5)
            if head[:4] != name or not head[4:].strip(b"\0"):
                return False
            # Leading zeros give the number of bytes of the size; all ones mean unknown.
            length = 9 - head[4].bit_length()
            size = int.from_bytes(head[4:] + file.read(length - 1)) - (1 << 7 * length)
            cut = size != (1 << 7 * length) - 1 and file.tell() + size > end
            file.seek(min(size, end), 1)
    return cut
