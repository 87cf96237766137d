"""The journal of a run: its progress, for display during and after the training.

journal.jsonl   one line of JSON about every second: the progress
result.webp     the exemplar's frames (top) and the last preview (bottom) at the same times
"""

import dataclasses
import json
import math
import os
import time
from pathlib import Path

import numpy as np

from ...data import ExemplarFrames
from ...runtime.atomic_io import write_atomically
from ..progress import Progress
from ..texture.rollout import PREVIEW_STATES

JOURNAL, RESULT = "journal.jsonl", "result.webp"
_OMITTED = ("preview", "material", "features")


class Journal:
    """Appends to the journal of a run; a context manager."""

    def __init__(self, folder: Path, exemplar: ExemplarFrames, every: float = 1.0):
        self._folder, self._exemplar, self._every = folder, exemplar, every
        self._last = -math.inf

    def __enter__(self) -> "Journal":
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file = (self._folder / JOURNAL).open("a", encoding="utf-8")
        if self._file.tell():
            self._file.write("\n")  # after a line that may have been cut off by a kill
        return self

    def __exit__(self, *_) -> None:
        self._file.close()

    def write(self, progress: Progress) -> None:
        """Write progress, about once a second and if it is `notable`."""
        if progress.preview is not None and len(progress.preview) == PREVIEW_STATES:
            self._write_result(progress.preview)
        now = time.monotonic()
        if now - self._last < self._every and not progress.notable:
            return
        self._last = now
        values = {field.name: getattr(progress, field.name) for field in dataclasses.fields(progress)}
        kept = {name: _plain(value) for name, value in values.items() if name not in _OMITTED and value is not None}
        self._file.write(json.dumps({**kept, "at": round(time.time(), 1)}) + "\n")
        self._file.flush()

    def _write_result(self, preview):
        from PIL import Image

        exemplar, size = self._exemplar, preview.shape[-1]
        frames = [exemplar.frame_at(time) for time in np.linspace(0, exemplar.duration, PREVIEW_STATES)]
        # Crop the exemplar to the size of the preview, for the same scale of detail.
        low = (exemplar.size - min(size, exemplar.size)) // 2
        top = np.concatenate([frame[:, low : low + size, low : low + size] for frame in frames], axis=2)
        bottom = np.concatenate(list(preview), axis=2)
        rows = np.concatenate([top, bottom[:, :, : top.shape[2]]], axis=1)
        image = Image.fromarray((255 * np.clip(rows, 0, 1) + 0.5).astype(np.uint8).transpose(1, 2, 0))
        write_atomically(self._folder / RESULT, lambda file: image.save(file, "WEBP", quality=90))


def note_finished(folder: Path, iteration: int, seconds: float) -> None:
    """Write the status "finished" if the process was killed before it could."""
    if last_entry(folder).get("status") == "finished":
        return
    entry = {"iteration": iteration, "iterations": iteration, "seconds": seconds, "status": "finished"}
    with (folder / JOURNAL).open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps({**entry, "at": round(time.time(), 1)}) + "\n")


def last_entry(folder: Path) -> dict:
    """The last entry, or an empty dict; reads only the end of the file."""
    try:
        with (folder / JOURNAL).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 8192))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return {}
    return next((entry for entry in map(_parse, reversed(lines)) if entry is not None), {})


def read_journal(folder: Path) -> list[dict]:
    """All entries, oldest first; lines cut off by a kill are skipped."""
    try:
        lines = (folder / JOURNAL).read_text("utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [entry for entry in map(_parse, lines) if entry is not None]


def _parse(line):
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) and "iteration" in entry else None


def _plain(value):
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    return value
