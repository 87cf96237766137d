"""The app's folder for temporary files: deleted when the app ends, or after a crash when the next one starts."""

import atexit
import contextlib
import functools
import shutil
import tempfile
from pathlib import Path

from ...errors import TrainingError
from ...runtime.folder_lock import LOCK, FolderLock, lock_folder

PREFIX = "ode-appearance-app-"


@functools.cache
def scratch_folder() -> Path:
    """This process's folder, locked until it ends; folders of dead processes are deleted first."""
    place = Path(tempfile.gettempdir()).resolve()  # Gradio compares resolved paths
    _clear_abandoned(place)
    folder = Path(tempfile.mkdtemp(dir=place, prefix=PREFIX))
    # The timeout: an app that starts at the same moment may take it for abandoned before it is locked.
    atexit.register(_delete, folder, lock_folder(folder, str, timeout=10.0))
    return folder


def _clear_abandoned(place):
    for folder in place.glob(f"{PREFIX}*"):
        if not (folder / LOCK).exists():  # no scratch folder
            continue
        with contextlib.suppress(TrainingError, OSError):  # its process lives
            lock = lock_folder(folder, str)
            if lock.held:
                _delete(folder, lock)


def _delete(folder: Path, lock: FolderLock) -> None:
    """Delete the lock file last: where something else remains, the next app finds the folder abandoned."""
    with contextlib.suppress(OSError):
        for part in folder.iterdir():
            if part.is_dir():
                shutil.rmtree(part, ignore_errors=True)
            elif part.name != LOCK:
                part.unlink()
    lock.close()  # Windows deletes no open file
    with contextlib.suppress(OSError):
        if all(part.name == LOCK for part in folder.iterdir()):
            shutil.rmtree(folder)
