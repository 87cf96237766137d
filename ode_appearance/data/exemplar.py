"""An exemplar as the trainer uses it: square frames, and the model time at which each begins."""

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8

from ..config.schema import Kind
from ..errors import ExemplarError
from ..runtime.regular_files import display_path, expand_home
from .frame_reading import open_frame_source, read_frames
from .processing_notes import last_frame_note, processing_notes

# Duration in model time, and number of frames, as published.
PUBLISHED_DURATION: dict[Kind, float] = {"rgb": 5.0, "svbrdf": 10.0}
PUBLISHED_FRAMES = 100
MAX_SIZE = 4096


@dataclasses.dataclass(frozen=True, eq=False)
class ExemplarFrames:
    """A time-lapse to learn from."""

    name: str
    kind: Kind
    frames: UInt8[np.ndarray, "n 3 s s"]
    """Display values, 0 ... 255."""
    times: Float[np.ndarray, " n"]
    """Model time at which each frame begins, the first at 0; a frame lasts until the next one."""
    duration: float
    """Model time of the whole span."""
    frame_interval: float
    """Model time between frames where none is missing; a file may merge equal frames into a longer one."""
    real_duration: str = ""
    """Label: the duration in reality."""
    notes: tuple[str, ...] = ()
    """Processing steps that the owner may not expect, a sentence each."""

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def size(self) -> int:
        """Width and height of the frames."""
        return self.frames.shape[-1]

    @property
    def digest(self) -> str:
        """16 hexadecimal digits that identify these frames at these times."""
        known = hashlib.sha256(np.ascontiguousarray(self.frames).tobytes())
        known.update(np.asarray([*self.times, self.duration], np.float64).tobytes())
        return known.hexdigest()[:16]

    def index_at(self, time: float | np.floating) -> int:
        """Index of the frame at a model time: the last that has begun; the first before time 0."""
        # Times may be single precision: a rounding error must not miss a frame.
        index = np.searchsorted(self.times, float(time) + 1e-6 * self.duration, side="right") - 1
        return int(np.clip(index, 0, len(self.frames) - 1))

    def frame_at(self, time: float | np.floating) -> Float[np.ndarray, "3 s s"]:
        """The frame at a model time, float32 in [0, 1]."""
        return self.frames[self.index_at(time)].astype(np.float32) / 255


def load_exemplar(
    path: str | Path,
    kind: Kind = "rgb",
    *,
    size: int | None = None,
    frames: int | None = None,
    frame_interval: float | None = None,
    duration: float | None = None,
    name: str | None = None,
    real_duration: str = "",
) -> ExemplarFrames:
    """Read a time-lapse: an animated image, a video, or a folder or zip file of images.

    Each frame is cropped to its central square and resized. Of more than `frames` frames, that many are picked evenly,
    including the first and last. An SVBRDF's exemplar always has `frames` frames: those of a shorter folder are repeated
    evenly, those of a shorter animation last as long as in the file.

    Args:
        path: File or folder.
        kind: "rgb" or "svbrdf".
        size: Side of the frames in pixels; default as published: 128 for RGB, 256 for SVBRDF.
        frames: Maximum number of frames; default as published: 100.
        frame_interval: Model time between frames, which are then equally long; excludes `duration`.
        duration: Model time of the whole; default as published: 5 for RGB, 10 for SVBRDF.
        name: Name of the exemplar; default: that of the file.
        real_duration: Label: the duration in reality.

    Raises:
        ExemplarError: Where the file cannot be read, exceeds a limit, or has fewer than two distinct frames.
    """
    path = expand_home(path, ExemplarError)
    if path.name in ("", ".."):
        path = path.resolve()
    size = (128 if kind == "rgb" else 256) if size is None else size
    max_frames = PUBLISHED_FRAMES if frames is None else frames
    _check_options(size, max_frames, frame_interval, duration)
    try:
        source, picks, taken, sizes, frame_notes = _pick(open_frame_source(path), max_frames, size, path.name)
    except OSError as error:  # removed, no permission, or a disk error
        raise ExemplarError(f"{display_path(path)} cannot be read: {error.strerror or error}.") from error
    shares, held = np.arange(len(taken)) / len(taken), ()
    if source.shares is not None:
        shares = np.array(source.shares())[picks[: len(taken)]]
        held = () if frame_interval is not None else last_frame_note(shares)
    notes = (
        processing_notes(source, sizes, size, len(picks), len(taken), max_frames if kind == "svbrdf" else 0, frame_notes) + held
    )
    if kind == "svbrdf" and len(taken) < max_frames:
        slots = np.arange(max_frames) / max_frames
        indices = (
            even_indices(len(taken), max_frames)
            if source.shares is None
            else np.searchsorted(shares, slots + 1e-9, "right") - 1
        )
        taken, shares = taken[indices], slots
    if frame_interval is not None:
        duration = frame_interval * len(taken)
        shares = np.arange(len(taken)) / len(taken)
    duration = PUBLISHED_DURATION[kind] if duration is None else float(duration)
    typical = float(np.median(np.diff(shares)))
    return ExemplarFrames(
        name=path.stem if name is None else name,
        kind=kind,
        frames=taken,
        times=shares * duration,
        duration=duration,
        frame_interval=duration / max(1, round(1 / typical)),
        real_duration=real_duration,
        notes=notes,
    )


def _pick(source, max_frames, size, name):
    """The source with its exact frame count, picked indices, frames, their sizes, and notes on them."""
    for _ in range(2):
        picks = even_indices(source.count, min(source.count, max_frames))
        taken, sizes, frame_notes = read_frames(source, picks, size, name)
        count = source.count if source.exact_count is None else source.exact_count()
        if count == source.count:
            return source, picks, taken, sizes, frame_notes
        source = dataclasses.replace(source, count=count)
    raise ExemplarError(f"{name} is damaged: it decodes to different frames each time.", code="damaged")


def even_indices(count: int, picks: int) -> np.ndarray:
    """Evenly spaced indices of `count`: round(i (count-1) / (picks-1)), halves to even; repeated where picks > count."""
    return np.rint(np.arange(picks) * (count - 1) / max(1, picks - 1)).astype(int)


def _check_options(size, max_frames, frame_interval, duration):
    if not 32 <= size <= MAX_SIZE:
        raise ExemplarError(f"The frame size must be from 32 to {MAX_SIZE}, not {size}.", code="out-of-range")
    if max_frames < 2:
        raise ExemplarError(f"A time-lapse needs at least two frames, not {max_frames}.", code="out-of-range")
    if frame_interval is not None and duration is not None:
        raise ExemplarError("Give the frame interval or the duration, not both.", code="both-times")
    for what, value in (("frame interval", frame_interval), ("duration", duration)):
        if value is not None and not 1e-6 <= value <= 1e4:
            raise ExemplarError(f"The {what} must be from 1e-6 to 1e4, not {value}.", code="out-of-range")
