"""A run's own record of its progress, for whoever looks at the run while it goes on or after it ended.

journal.jsonl   one line of JSON a second or so: where the run stood
result.webp     the exemplar's frames above, the last preview below, at the same times
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
_LEFT_OUT = ("preview", "material", "features")


class Journal:
    """Appends to a run's record; a context manager."""

    def __init__(self, folder: Path, exemplar: ExemplarFrames, every: float = 1.0):
        self._folder, self._exemplar, self._every = folder, exemplar, every
        self._last = -math.inf

    def __enter__(self) -> "Journal":
        self._folder.mkdir(parents=True, exist_ok=True)
        self._file = (self._folder / JOURNAL).open("a", encoding="utf-8")
        if self._file.tell():
            self._file.write("\n")  # after a line that a kill may have cut off
        return self

    def __exit__(self, *_) -> None:
        self._file.close()

    def write(self, progress: Progress) -> None:
        """Note an iteration: about one a second, and those with an evaluation, a preview or an end."""
        if progress.preview is not None and len(progress.preview) == PREVIEW_STATES:
            self._write_result(progress.preview)
        now = time.monotonic()
        if now - self._last < self._every and not progress.notable:
            return
        self._last = now
        metadata = {field.name: getattr(progress, field.name) for field in dataclasses.fields(progress)}
        kept = {name: _plain(value) for name, value in metadata.items() if name not in _LEFT_OUT and value is not None}
        self._file.write(json.dumps({**kept, "at": round(time.time(), 1)}) + "\n")
        self._file.flush()

    def _write_result(self, preview):
        from PIL import Image

        exemplar, size = self._exemplar, preview.shape[-1]
        frames = [exemplar.frame_at(time) for time in np.linspace(0, exemplar.duration, PREVIEW_STATES)]
        # A crop of the exemplar as large as the preview: at the same scale of detail.
        low = (exemplar.size - min(size, exemplar.size)) // 2
        above = np.concatenate([frame[:, low : low + size, low : low + size] for frame in frames], axis=2)
        below = np.concatenate(list(preview), axis=2)
        rows = np.concatenate([above, below[:, :, : above.shape[2]]], axis=1)
        image = Image.fromarray((255 * np.clip(rows, 0, 1) + 0.5).astype(np.uint8).transpose(1, 2, 0))
        write_atomically(self._folder / RESULT, lambda file: image.save(file, "WEBP", quality=90))


def note_finished(folder: Path, iteration: int, seconds: float) -> None:
    """Note that a run is finished, where the process that finished it was killed before it could."""
    if last_entry(folder).get("status") == "finished":
        return
    metadata = {"iteration": iteration, "iterations": iteration, "seconds": seconds, "status": "finished"}
    with (folder / JOURNAL).open("a", encoding="utf-8") as file:
        file.write("\n" + json.dumps({**metadata, "at": round(time.time(), 1)}) + "\n")


def last_entry(folder: Path) -> dict:
    """The last line noted, or an empty dict; reads no more than the end of the file."""
    try:
        with (folder / JOURNAL).open("rb") as file:
            file.seek(max(0, file.seek(0, os.SEEK_END) - 8192))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except FileNotFoundError:
        return {}
    return next((entry for entry in map(_parse, reversed(lines)) if entry is not None), {})


def read_journal(folder: Path) -> list[dict]:
    """The lines noted so far, oldest first; a line cut off by a kill is left out."""
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
