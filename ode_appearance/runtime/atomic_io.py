"""Atomic writes: a reader finds the old content or the new, never a part."""

import contextlib
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

PREFIX = ".ode_appearance-"
"""Start of the names of temporary files; `delete_stale_temporaries` deletes no others."""


def write_temporary(path: Path, write: Callable[[BinaryIO], Any]) -> Path:
    """Write a temporary file beside `path`, synced to disk; `os.replace` moves it into place.

    Args:
        path: The final path; the temporary file lies in the same folder, so that the move is atomic.
        write: Called with the open binary file.

    Returns:
        The path of the temporary file.
    """
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
    """Write a temporary file and move it into place.

    Args:
        path: The file that appears or is replaced.
        write: Called with the open binary file.
    """
    temporary = write_temporary(path, write)
    try:
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_together(
    folder: Path, writers: dict[str, Callable[[BinaryIO], Any]], before_move: Callable[[], Any] = lambda: None
) -> None:
    """Write several files of a folder; none is moved into place before all are complete.

    Args:
        folder: The folder of the files; missing subfolders are made.
        writers: File name -> function that is called with the open binary file.
        before_move: Called when all temporary files are complete, before the first is moved.
    """
    staged = {}
    try:
        for name, write in writers.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            staged[name] = write_temporary(folder / name, write)
        before_move()
        for name, temporary in staged.items():
            os.replace(temporary, folder / name)
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)


def delete_stale_temporaries(folder: Path, min_age: float = 600.0) -> None:
    """Delete temporary files that killed writers left in a folder and below it.

    Args:
        folder: The folder to search.
        min_age: Seconds since the last modification; a younger file may still be written.
    """
    latest = time.time() - min_age
    for path in folder.rglob(f"{PREFIX}*"):
        with contextlib.suppress(OSError):
            if path.is_file() and path.stat().st_mtime < latest:
                path.unlink()
