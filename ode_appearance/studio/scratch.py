"""The app's folder in the system's temporary one: gone when the app ends, and where it was killed, when the next one starts."""

import atexit
import shutil
import tempfile
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: nothing tells whose process is gone
    fcntl = None

PREFIX, LOCK = "ode-appearance-app-", "lock"


def scratch_folder() -> Path:
    """A new folder, held by this process until its end. Those of processes that no longer are, are deleted."""
    _clear_abandoned(Path(tempfile.gettempdir()))
    folder = Path(tempfile.mkdtemp(prefix=PREFIX))
    if fcntl is not None:
        held = (folder / LOCK).open("w")
        fcntl.flock(held, fcntl.LOCK_EX)
        if not folder.exists():  # another app that starts took it for an abandoned one
            return scratch_folder()
        atexit.register(held.close)  # and it stays open until then
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _clear_abandoned(place):
    for folder in place.glob(f"{PREFIX}*"):
        try:
            with (folder / LOCK).open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(folder, ignore_errors=True)
        except (OSError, AttributeError):
            continue  # it is held, or somebody else's
