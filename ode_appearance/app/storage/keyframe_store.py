"""Folders for keyframe files: one a solve, in the app's temporary folder, gone when nobody looks at them any more."""

import collections
import shutil
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ...errors import RequestError
from .scratch import scratch_folder

GRACE_SECONDS = 60.0
"""For which files are there after nobody is told of them any more: a page may lag behind, and fetch what it was told of."""


class KeyframeFiles:
    """Keeps the folders of solves up to a number of bytes, and none when the process ends. Safe between threads."""

    def __init__(self, limit: int = 4 << 30, clock: Callable[[], float] = time.monotonic):
        self.root = Path(tempfile.mkdtemp(dir=scratch_folder(), prefix="keyframes-"))
        self.limit, self._clock = limit, clock
        self._left: dict[Path, tuple[float, int]] = {}  # (when it is deleted, its bytes)
        self._bytes: collections.OrderedDict[Path, int] = collections.OrderedDict()
        self._lock = threading.Lock()

    def folder(self) -> Path:
        """A new empty folder, of a name that cannot be guessed; raises RequestError where there is no room for it."""
        try:
            folder = Path(tempfile.mkdtemp(dir=self.root))
        except OSError as error:
            raise _no_room(error) from error
        with self._lock:
            self._remove_left()
            self._bytes[folder] = 0
        return folder

    def write(self, folder: Path, name: str, content: bytes) -> Path:
        """Write a file into one of the folders; where that is too much, the oldest other folders go.

        Raises FileNotFoundError where the folder was dropped, and RequestError where the disk is full.
        """
        path = folder / name
        with self._lock:
            if folder not in self._bytes:
                raise FileNotFoundError(folder)
            try:
                path.write_bytes(content)
            except OSError as error:
                path.unlink(missing_ok=True)
                raise _no_room(error) from error
            self._bytes[folder] += len(content)
            self._make_room(folder)
        return path

    def adopt(self, folder: Path) -> None:
        """Count what somebody else has written into one of the folders; where that is too much, the oldest others go."""
        with self._lock:
            if folder in self._bytes:
                self._bytes[folder] = sum(path.stat().st_size for path in folder.iterdir())
                self._make_room(folder)

    def drop(self, folder: Path, *, later: bool = False) -> None:
        """Delete a folder and what is in it; `later` leaves it to whoever is still fetching from it, for GRACE_SECONDS.

        Nothing more can be written into it.
        """
        with self._lock:
            if not later:
                self._remove(folder)
            elif folder in self._bytes:
                self._left[folder] = self._clock() + GRACE_SECONDS, self._bytes.pop(folder)
            self._remove_left()

    def _remove_left(self):
        now = self._clock()
        for folder in [folder for folder, (end, _) in self._left.items() if end <= now]:
            self._remove(folder)

    def _make_room(self, folder):
        while self._left and sum(self._bytes.values()) + sum(size for _, size in self._left.values()) > self.limit:
            self._remove(next(iter(self._left)))
        while sum(self._bytes.values()) > self.limit and next(iter(self._bytes)) != folder:
            self._remove(next(iter(self._bytes)))

    def _remove(self, folder):
        self._bytes.pop(folder, None)
        self._left.pop(folder, None)
        shutil.rmtree(folder, ignore_errors=True)


def _no_room(error):
    return RequestError(f"What was made cannot be written here: {error.strerror or error}.")
