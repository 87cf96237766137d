"""The app's folder in the system's temporary one: gone when the app ends, and where it was killed, when the next one starts."""

import atexit
import contextlib
import functools
import shutil
import tempfile
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: nothing tells whose process is gone
    fcntl = None

PREFIX, LOCK = "ode-appearance-app-", "lock"


@functools.cache
def scratch_folder() -> Path:
    """This process's folder, which it holds until its end. Those of processes that no longer are, are deleted."""
    place = Path(tempfile.gettempdir()).resolve()  # as Gradio has paths: it compares them
    _clear_abandoned(place)
    folder = Path(tempfile.mkdtemp(dir=place, prefix=PREFIX))
    if fcntl is not None:
        held = (folder / LOCK).open("w")
        fcntl.flock(held, fcntl.LOCK_EX)
        if not folder.exists():  # another app that starts took it for an abandoned one
            return scratch_folder()
        atexit.register(held.close)  # and it stays open until then
    atexit.register(_delete, folder)
    return folder


def _clear_abandoned(place):
    for folder in place.glob(f"{PREFIX}*"):
        try:
            with (folder / LOCK).open("r+") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                _delete(folder)
        except (OSError, AttributeError):
            continue  # it is held, or somebody else's


def _delete(folder):
    """The lock goes last: where this is cut short, or something is still written, the next app finds it abandoned."""
    with contextlib.suppress(OSError):
        for part in folder.iterdir():
            if part.is_dir():
                shutil.rmtree(part, ignore_errors=True)
            elif part.name != LOCK:
                part.unlink()
        if all(part.name == LOCK for part in folder.iterdir()):
            shutil.rmtree(folder)
