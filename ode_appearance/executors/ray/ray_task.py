"""What a worker of a Ray cluster does: it trains in a scratch folder of its own, and sends back what it saves."""

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

EVERY = 2.0
"""Seconds from one word of a worker to the next."""


@dataclasses.dataclass(frozen=True)
class Update:
    """A word from a worker. The first says where it is, the last how the run ended or why it failed."""

    where: str = ""
    iteration: int = 0
    loss: float | None = None
    status: Status = "running"
    parcel: bytes | None = None
    """The run's folder, where it has just been saved."""
    failure: str = ""


def carry_out(task: bytes, parcel: bytes | None, stop: Callable[[], bool]) -> Iterator[Update]:
    """Train a task (see `write_task`), from where a packed run stands if one is given; an update every so often."""
    yield Update(where=f"{platform.node()}, process {os.getpid()}")
    device.configure()
    try:
        with tempfile.TemporaryDirectory(prefix="ode_appearance_", ignore_cleanup_errors=True) as scratch:
            yield from _train(task, parcel, stop, Path(scratch))
    except AppearanceError as error:
        yield Update(failure=str(error))


def _train(task, parcel, stop, folder):
    if parcel is not None:
        unpack(parcel, folder)
    last, told = Update(status="finished"), -float("inf")
    for progress in perform(read_task(task), folder, resume=parcel is not None, stop=stop):
        last = Update("", progress.iteration, progress.loss, progress.status)
        if progress.status == "running" and (progress.material is not None or time.monotonic() - told > EVERY):
            told = time.monotonic()
            yield dataclasses.replace(last, parcel=pack(folder) if progress.material is not None else None)
    yield dataclasses.replace(last, parcel=pack(folder))


class Flag:
    """Raised when the driver is asked to end; an actor of the cluster, which the workers look at."""

    def __init__(self):
        self._raised = False

    def raise_it(self) -> None:
        """From now on, workers are to save and end."""
        self._raised = True

    def is_raised(self) -> bool:
        """Whether they are to."""
        return self._raised


class Watch:
    """Looks at the flag about once a second, and waits for no answer; true once it was seen raised."""

    def __init__(self, flag):
        import ray

        self._ray, self._flag, self._raised, self._next = ray, flag, False, 0.0
        self._asked = flag.is_raised.remote()

    def __call__(self) -> bool:
        if not self._raised and time.monotonic() >= self._next and self._ray.wait([self._asked], timeout=0)[0]:
            with contextlib.suppress(self._ray.exceptions.RayError):  # a flag that is out of reach is not raised
                self._raised = self._ray.get(self._asked)
            self._asked, self._next = self._flag.is_raised.remote(), time.monotonic() + 1.0
        return self._raised


def train_exemplar(task: bytes, parcel: bytes | None, flag) -> Iterator[Update]:
    """The remote function: `carry_out` until the flag is raised."""
    yield from carry_out(task, parcel, Watch(flag))
