"""Folder locks: one process at a time trains a run or supervises a folder of runs.

.lock         file lock (`filelock`) of the operating system; released when the process ends, so never stale
.lock.json    the process that has the lock, for error messages
"""

import contextlib
import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import filelock

from ..errors import TrainingError
from .atomic_io import write_atomically

LOCK, HOLDER = ".lock", ".lock.json"


class FolderLock:
    """A lock on a folder, released by `close` or the end of the process."""

    def __init__(self, folder: Path, lock: filelock.BaseFileLock | None):
        self._folder, self._lock = folder, lock

    @property
    def held(self) -> bool:
        """Whether it is locked; False where the file system has no locks, and after `close`."""
        return self._lock is not None

    def close(self) -> None:
        """Release the lock; further calls do nothing."""
        if self._lock is None:
            return
        with contextlib.suppress(OSError):
            (self._folder / HOLDER).unlink(missing_ok=True)
        self._lock.release()
        self._lock = None


def lock_folder(folder: Path, message: Callable[[str], str], timeout: float = 0.0) -> FolderLock:
    """Lock a folder, which is created where missing.

    A file system without locks, or a read-only one, is used without a lock; on the latter, the next write reports the error.

    Args:
        folder: The folder.
        message: Holder, such as "process 4711", -> error message.
        timeout: Seconds to wait for another holder.

    Raises:
        TrainingError: Where another holder keeps the lock; code "locked".
    """
    # thread_local=False: another thread may close a generator or an app than the one that started it.
    lock = filelock.FileLock(folder / LOCK, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=timeout)
    except filelock.Timeout as error:
        raise TrainingError(message(_holder(folder)), code="locked") from error
    except (OSError, NotImplementedError):
        return FolderLock(folder, None)
    holder = {"process": os.getpid(), "machine": platform.node(), "since": time.strftime("%Y-%m-%d %H:%M")}
    with contextlib.suppress(OSError):
        write_atomically(folder / HOLDER, lambda file: file.write(json.dumps(holder).encode()))
    return FolderLock(folder, lock)


def _holder(folder):
    """The process that has the lock, for error messages."""
    try:
        holder = json.loads((folder / HOLDER).read_bytes())
        process, machine, since = int(holder["process"]), str(holder["machine"])[:60], str(holder["since"])[:20]
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
    if machine != platform.node():
        return f"process {process} on {machine} (since {since})"
    return f"this process ({process})" if process == os.getpid() else f"process {process} (since {since})"
