"""The worker of a Ray cluster: trains in a temporary folder and sends its saves to the driver."""

import contextlib
import dataclasses
import os
import platform
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from ...errors import AppearanceError
from ...runtime import device
from ...training.job import perform
from ...training.progress import Status
from ..run_archive import pack, unpack
from ..task_file import read_task

UPDATE_INTERVAL = 2.0
"""Minimum seconds between updates of a worker."""


@dataclasses.dataclass(frozen=True)
class Update:
    """A message of a worker. The first has its location, the last the final status or the failure."""

    where: str = ""
    iteration: int = 0
    loss: float | None = None
    status: Status = "running"
    archive: bytes | None = None
    """Archive of the run's folder, if it has just been saved."""
    failure: str = ""


def carry_out(task: bytes, archive: bytes | None, stop: Callable[[], bool]) -> Iterator[Update]:
    """Train a task of `write_task`, resuming an archived run if one is given; yields updates."""
    yield Update(where=f"{platform.node()}, process {os.getpid()}")
    device.configure()
    try:
        with tempfile.TemporaryDirectory(prefix="ode_appearance_", ignore_cleanup_errors=True) as scratch:
            yield from _train(task, archive, stop, Path(scratch))
    except AppearanceError as error:
        yield Update(failure=str(error))


def _train(task, archive, stop, folder):
    if archive is not None:
        unpack(archive, folder)
    last, last_update = Update(status="finished"), -float("inf")
    for progress in perform(read_task(task), folder, resume=archive is not None, stop=stop):
        last = Update("", progress.iteration, progress.loss, progress.status)
        if progress.status == "running" and (progress.material is not None or time.monotonic() - last_update > UPDATE_INTERVAL):
            last_update = time.monotonic()
            yield dataclasses.replace(last, archive=pack(folder) if progress.material is not None else None)
    yield dataclasses.replace(last, archive=pack(folder))


class Flag:
    """The stop flag: an actor of the cluster, raised by the driver and read by the workers."""

    def __init__(self):
        self._raised = False

    def raise_it(self) -> None:
        """Ask the workers to save and end."""
        self._raised = True

    def is_raised(self) -> bool:
        """Whether the workers have to end."""
        return self._raised


class FlagWatcher:
    """Reads the flag about once a second without blocking; True once it was raised."""

    def __init__(self, flag):
        import ray

        self._ray, self._flag, self._raised, self._next = ray, flag, False, 0.0
        self._asked = flag.is_raised.remote()

    def __call__(self) -> bool:
        if not self._raised and time.monotonic() >= self._next and self._ray.wait([self._asked], timeout=0)[0]:
            with contextlib.suppress(self._ray.exceptions.RayError):  # an unreachable flag counts as not raised
                self._raised = self._ray.get(self._asked)
            self._asked, self._next = self._flag.is_raised.remote(), time.monotonic() + 1.0
        return self._raised


def train_exemplar(task: bytes, archive: bytes | None, flag) -> Iterator[Update]:
    """The remote function: `carry_out` until the flag is raised."""
    yield from carry_out(task, archive, FlagWatcher(flag))
