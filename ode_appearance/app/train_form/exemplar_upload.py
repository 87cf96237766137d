"""The time-lapse that a visitor gives: one file, several pictures, or an example; and how it looks to the trainer."""

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from ...data import ExemplarFrames, load_exemplar
from ...data.exemplar_limits import MAX_FRAMES
from ...data.file_names import PICTURE_SUFFIXES, UNSUPPORTED, natural_sorted
from ...errors import ExemplarError
from ...training.checks import check_fit
from ...training.train_config import TrainConfig
from ..storage.scratch import scratch_folder
from ..text_format import as_text
from .form_fields import examples

UPLOADS = [*PICTURE_SUFFIXES, ".mp4", ".mov", ".m4v", ".avi", ".mkv", ".webm", ".zip"]
SHOWN = 6
"""Frames that are shown of it."""


@contextlib.contextmanager
def given(uploads: Sequence[str] | None, example: str) -> Iterator[Path | None]:
    """Where the time-lapse lies, for a while: what was uploaded, or else the example of that name; None for neither.

    Several files are the frames, in the order of their names. Raises ExemplarError for some that are no pictures.
    """
    files = [Path(path) for path in uploads or ()]
    if len(files) < 2:
        known = examples()
        yield files[0] if files else known[example][0] if example in known else None
        return
    with tempfile.TemporaryDirectory(dir=scratch_folder(), prefix="pictures-") as place:
        folder = Path(place) / "pictures"
        folder.mkdir()
        _gather(files, folder)
        yield folder


def _gather(files, folder):
    if len(files) > MAX_FRAMES:
        raise ExemplarError(f"These are {len(files):,} files; at most {MAX_FRAMES:,} frames are read.")
    for file in dict.fromkeys(files):  # the same one twice is one frame
        shown = file.name[:60]
        if file.suffix.lower() not in PICTURE_SUFFIXES:
            if (known := UNSUPPORTED.get(file.suffix.lower())) is not None:
                raise ExemplarError(f"{shown} is not read. {known[1]}")
            raise ExemplarError(f"Several files have to be pictures, one a frame, and {shown} is none: give it by itself.")
        if (folder / file.name).exists():
            raise ExemplarError(f"Two pictures are called {shown}: their names have to tell their order.")
        try:
            os.link(file, folder / file.name)  # no bytes are copied
        except OSError:
            shutil.copyfile(file, folder / file.name)


def name_of(uploads: Sequence[str] | None, example: str) -> str:
    """A name for what is to be learnt: the file's, or what the names of several begin with."""
    stems = natural_sorted(Path(path).stem for path in uploads or ())
    if len(stems) < 2:
        return stems[0][:60] if stems else example
    common = itertools.takewhile(lambda letters: len(set(letters)) == 1, zip(*stems, strict=False))
    return "".join(letters[0] for letters in common)[:60].rstrip("0123456789 _-.,(") or "pictures"


def look_at(path: Path, config: TrainConfig, name: str) -> tuple[ExemplarFrames, np.ndarray]:
    """The exemplar as the trainer will see it, and some of its frames in a row, (size, SHOWN size, 3) of 8 bits.

    Raises AppearanceError, with a sentence, for what cannot be trained on.
    """
    exemplar = load_exemplar(path, config.kind, size=config.data.exemplar_size, name=name)
    check_fit(exemplar, config, None)
    picks = np.linspace(0, len(exemplar) - 1, SHOWN).round().astype(int)
    return exemplar, np.concatenate([exemplar.frames[pick] for pick in picks], axis=2).transpose(1, 2, 0)


def verdict(exemplar: ExemplarFrames) -> str:
    """What there is, and what was done to it, as Markdown."""
    facts = f"{len(exemplar)} frames of {exemplar.size}x{exemplar.size}, model time 0 to {exemplar.duration:g}."
    return "\n".join([facts, "", *(f"- {as_text(note)}" for note in exemplar.notes)]).strip()
