"""An exemplar as the trainer sees it: square frames, and the model time at which each begins."""

import dataclasses
import hashlib
from pathlib import Path

import numpy as np
from jaxtyping import Float, UInt8

from ..config.schema import Kind
from ..errors import ExemplarError
from ..runtime.regular_files import display_path, expand_home
from .notes import note_on_hold, notes_on
from .reading import open_source, read_frames

# The length of an exemplar's span in model time, and its number of frames, as published.
PUBLISHED_DURATION: dict[Kind, float] = {"rgb": 5.0, "svbrdf": 10.0}
PUBLISHED_FRAMES = 100
MAX_SIZE = 4096


@dataclasses.dataclass(frozen=True, eq=False)
class ExemplarFrames:
    """A time-lapse, ready to be learnt from.

    `frames` are display values (0 ... 255); frame i is seen from `times[i]` until the next one begins, in model time, the
    first from 0. `frame_interval` is the time from one frame to the next where none is missing (a file may hold one
    long frame in place of several equal ones). `real_duration` says what the whole took in reality, as a label. `notes` say, a
    sentence each, what was done to the file that its owner may not expect.
    """

    name: str
    kind: Kind
    frames: UInt8[np.ndarray, "n 3 s s"]
    times: Float[np.ndarray, " n"]
    duration: float
    frame_interval: float
    real_duration: str = ""
    notes: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def size(self) -> int:
        """Width and height of the frames."""
        return self.frames.shape[-1]

    @property
    def digest(self) -> str:
        """What tells these frames, at these times, from others: 16 hexadecimal digits."""
        known = hashlib.sha256(np.ascontiguousarray(self.frames).tobytes())
        known.update(np.asarray([*self.times, self.duration], np.float64).tobytes())
        return known.hexdigest()[:16]

    def index_at(self, time: float | np.floating) -> int:
        """The number of the frame seen at a model time: the last to begin by then, the first before 0."""
        # Times come in single precision too: a frame must not be missed by a rounding error.
        index = np.searchsorted(self.times, float(time) + 1e-6 * self.duration, side="right") - 1
        return int(np.clip(index, 0, len(self.frames) - 1))

    def frame_at(self, time: float | np.floating) -> Float[np.ndarray, "3 s s"]:
        """The frame seen at a model time, float32 in [0, 1]."""
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
    """Read a time-lapse: an animated picture, a video, or a folder or zip file of pictures.

    Each frame is cropped to its central square and resized to `size` (published: 128 for RGB, 256 for SVBRDF). Of more than
    `frames` (published: 100) that many are taken evenly, number round(i (n-1) / (frames-1)) of n, so that the first and last
    are among them. An SVBRDF's exemplar has exactly that many: a shorter folder repeats pictures by the same rule, a shorter
    animation's frames last as long as the file says. The whole is scaled to `duration` (published: 5 for RGB, 10 for SVBRDF);
    or, where `frame_interval` is given, its frames follow each other at that interval of model time.

    Raises ExemplarError, with a sentence, for what cannot be read, is absurdly large, or has fewer than two distinct frames.
    """
    path = expand_home(path, ExemplarError)
    if path.name in ("", ".."):  # the folder that one is in
        path = path.resolve()
    size = (128 if kind == "rgb" else 256) if size is None else size
    most = PUBLISHED_FRAMES if frames is None else frames
    _check_options(size, most, frame_interval, duration)
    try:
        source, picks, taken, sizes, remarks = _pick(open_source(path), most, size, path.name)
    except OSError as error:  # a file that was removed or may not be read, or a disk that fails
        raise ExemplarError(f"{display_path(path)} cannot be read: {error.strerror or error}.") from error
    shares, held = np.arange(len(taken)) / len(taken), ()
    if source.shares is not None:
        shares = np.array(source.shares())[picks[: len(taken)]]
        held = () if frame_interval is not None else note_on_hold(shares)
    notes = notes_on(source, sizes, size, len(picks), len(taken), most if kind == "svbrdf" else 0, remarks) + held
    if kind == "svbrdf" and len(taken) < most:
        slots = np.arange(most) / most
        shown = evenly(len(taken), most) if source.shares is None else np.searchsorted(shares, slots + 1e-9, "right") - 1
        taken, shares = taken[shown], slots
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


def _pick(source, most, size, name):
    """The source with its true number of frames, the numbers of those picked, these, their sizes, and remarks on them."""
    for _ in range(2):
        picks = evenly(source.count, min(source.count, most))
        taken, sizes, remarks = read_frames(source, picks, size, name)
        count = source.count if source.counted is None else source.counted()
        if count == source.count:
            return source, picks, taken, sizes, remarks
        source = dataclasses.replace(source, count=count)
    raise ExemplarError(f"{name} is damaged: it does not decode to the same frames each time.")


def evenly(count: int, picks: int) -> np.ndarray:
    """`picks` of `count` numbers, evenly: round(i (count-1) / (picks-1)), halves to even; repeated where picks > count."""
    return np.rint(np.arange(picks) * (count - 1) / max(1, picks - 1)).astype(int)


def _check_options(size, most, frame_interval, duration):
    if not 32 <= size <= MAX_SIZE:
        raise ExemplarError(f"A frame size of {size} is not possible; it must lie between 32 and {MAX_SIZE}.")
    if most < 2:
        raise ExemplarError(f"{most} frames are no time-lapse; ask for at least two.")
    if frame_interval is not None and duration is not None:
        raise ExemplarError("Give the interval of the frames or the duration of the whole, not both.")
    for what, value in (("frame interval", frame_interval), ("duration", duration)):
        if value is not None and not 1e-6 <= value <= 1e4:
            raise ExemplarError(f"A {what} of {value} is not possible; it must lie between 1e-6 and 1e4.")
