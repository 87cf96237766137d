"""Locks on folders: one process at a time writes into a run or looks after a folder of runs.

.lock         locked by the system (`filelock`) as long as the process that holds it lives, so that none is ever stale
.lock.json    which process that is, for the sentence that another one is refused with
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


class Hold:
    """A lock on a folder that this process has until it is closed or the process ends."""

    def __init__(self, folder: Path, lock: filelock.BaseFileLock | None):
        self._folder, self._lock = folder, lock

    def close(self) -> None:
        """Let others have the folder; more than once is harmless."""
        if self._lock is None:
            return
        with contextlib.suppress(OSError):
            (self._folder / HOLDER).unlink(missing_ok=True)
        self._lock.release()
        self._lock = None


def hold(folder: Path, refusal: Callable[[str], str], patience: float = 0.0) -> Hold:
    """Lock a folder, which is made; wait up to `patience` seconds for it.

    Raises TrainingError with the sentence `refusal(holder)` where another holder, such as "process 4711", has it. A file
    system without locks, or one that cannot be written, is used without a lock: the next write tells what is wrong with it.
    """
    # Not of a thread: a generator may be closed, and an app be ended, by another one than began it.
    lock = filelock.FileLock(folder / LOCK, thread_local=False)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(timeout=patience)
    except filelock.Timeout as error:
        raise TrainingError(refusal(_holder(folder))) from error
    except (OSError, NotImplementedError):
        return Hold(folder, None)
    facts = {"process": os.getpid(), "machine": platform.node(), "since": time.strftime("%Y-%m-%d %H:%M")}
    with contextlib.suppress(OSError):
        write_atomically(folder / HOLDER, lambda file: file.write(json.dumps(facts).encode()))
    return Hold(folder, lock)


def _holder(folder):
    """Who holds a folder, in words."""
    try:
        facts = json.loads((folder / HOLDER).read_bytes())
        process, machine, since = int(facts["process"]), str(facts["machine"])[:60], str(facts["since"])[:20]
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"
    if machine != platform.node():
        return f"process {process} on {machine} (since {since})"
    return f"this process ({process})" if process == os.getpid() else f"process {process} (since {since})"
