"""What visitors may leave on the disk: trainings, fetched materials, uploads and compiled programs keep to a limit each.

Trainings are never deleted: of more than the limit, no new one begins. Of the others, what was used longest ago goes.
"""

import contextlib
import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from ...checkpoints import hub
from ...errors import TrainingError
from ...runtime import device
from ..settings import disk_bytes
from ..text_format import amount
from .uploads import own_uploads

log = logging.getLogger(__name__)

PAUSE_SECONDS = 600.0


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder and below it; 0 where there is none."""
    return sum(size for _, size, _ in _files(folder))


def prune(folder: Path, most: int) -> int:
    """Delete the files of a folder, and below it, that were used longest ago until the others have at most so many bytes.

    Returns the bytes that are left.
    """
    files = sorted(_files(folder), key=lambda file: file[0])
    left = sum(size for _, size, _ in files)
    for _, size, path in files:
        if left <= most:
            break
        with contextlib.suppress(OSError):  # in use, on Windows
            path.unlink()
            left -= size
    return left


def check_trainings(root: Path) -> None:
    """Raise TrainingError where the trainings in a folder have as many bytes as visitors may store."""
    stored, most = size_of(root), disk_bytes()
    if stored >= most:
        raise TrainingError(
            f"The trainings kept here take {amount(stored)}, and may take {amount(most)}: delete one that is no longer needed."
        )


def keep_to_limits() -> None:
    """Bring fetched materials, uploads and compiled programs back to their limits.

    Only folders of the app's own: a compilation cache or an upload folder that somebody has chosen is left to them.
    """
    most = disk_bytes()
    for folder in (device.own_compilation_cache(), own_uploads()):
        if folder is not None:
            prune(folder, most)
    hub.evict(most)


def look_after_storage(step: Callable[[], None] = keep_to_limits, pause: float = PAUSE_SECONDS) -> threading.Event:
    """Do `step` now and every `pause` seconds, in a thread of its own; the event that is returned ends it."""
    end = threading.Event()

    def work():
        while True:
            try:
                step()
            except Exception:
                log.exception("What is stored could not be looked after")
            if end.wait(pause):
                return

    threading.Thread(target=work, name="storage", daemon=True).start()
    return end


def _files(folder: Path) -> list[tuple[float, int, Path]]:
    """(when it was last used, its bytes, its path) of each file in a folder and below it; links are not followed."""
    found = []
    for place, _, names in os.walk(folder):
        for path in (Path(place) / name for name in names):
            with contextlib.suppress(OSError):  # deleted meanwhile
                status = path.lstat()
                found.append((max(status.st_atime, status.st_mtime), status.st_size, path))
    return found
