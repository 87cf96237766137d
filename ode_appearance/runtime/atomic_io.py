"""Writing files so that a reader finds the old content or the new, never a part."""

import contextlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

PREFIX = ".ode_appearance-"
"""What the names of temporary files begin with, so that nothing else is ever taken for one."""


def stage(path: Path, write: Callable[[BinaryIO], Any]) -> Path:
    """A temporary file beside `path`, written by `write` and on the disk; `os.replace` puts it in place."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=PREFIX)
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(temporary, 0o644)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return Path(temporary)


def write_atomically(path: Path, write: Callable[[BinaryIO], Any]) -> None:
    """Let `write` fill a temporary file, then move it into place."""
    temporary = stage(path, write)
    try:
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_together(
    folder: Path, writers: dict[str, Callable[[BinaryIO], Any]], ready: Callable[[], Any] = lambda: None
) -> None:
    """Let each of `writers` fill a temporary file; once all have, `ready` is called, and they are moved to their names."""
    staged = {}
    try:
        for name, write in writers.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            staged[name] = stage(folder / name, write)
        ready()
        for name, temporary in staged.items():
            os.replace(temporary, folder / name)
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)


def clear_leftovers(folder: Path, seconds: float = 600.0) -> None:
    """Delete what writers that were killed left in a folder and below it, `seconds` ago or more."""
    latest = time.time() - seconds
    for path in folder.rglob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if path.is_file() and path.stat().st_mtime < latest:
                path.unlink()
