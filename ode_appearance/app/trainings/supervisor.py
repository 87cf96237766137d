"""All trainings of the app: one runs at a time, the others wait for it, and every one can be paused and gone on with."""

import atexit
import dataclasses
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path

from ...errors import AppearanceError, TrainingError
from ...runtime.atomic_io import delete_stale_temporaries
from ...runtime.folder_lock import lock_folder
from ...training.train_config import TrainConfig
from ..storage.atomic_dir import clear_partial, disappear
from ..storage.quotas import check_trainings
from .run_list import RunList
from .run_records import LOG, Order, Run, new_run
from .training_process import MOMENT, START, TrainingProcess

log = logging.getLogger(__name__)

POLL_SECONDS = 0.1
LOOK_SECONDS = 5.0
"""Between two looks at the list of trainings where nothing was asked for: somebody else may have changed the folder."""
TROUBLED_SECONDS = 10.0
"""Until the next look after one that failed, on a full disk for example."""
ADVICE = "end that one, or set ODE_APPEARANCE_RUNS to another folder."
MOST_WAITING = 20
"""Trainings that may wait at a time, of all browsers together."""


class Trainings:
    """Looks after the trainings in a folder. `busy` tells whether somebody waits for a solve: then training stands still.

    Raises TrainingError where another app looks after them.
    """

    def __init__(self, root: Path, busy: Callable[[], bool]):
        self.root, self._busy = root, busy
        self._hold = lock_folder(
            root, lambda holder: f"The trainings in {root} are looked after by another app, {holder}: {ADVICE}"
        )
        self._list = RunList(root)
        self._listed = -LOOK_SECONDS
        self._changed = threading.Event()  # something was asked for: the list is looked at now
        self._process: TrainingProcess | None = None
        self._failed: set[str] = set()  # here too: on a full disk it cannot be written
        self._lock = threading.RLock()
        self._closing = threading.Event()
        clear_partial(root)
        delete_stale_temporaries(root)
        for run, order in self._list.read():  # what ran when the app ended last waits to be asked for again
            if order.wanted == "run":
                run.want("keep" if run.ended else "pause")
        self._thread = threading.Thread(target=self._supervise, name="trainings", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def start(self, exemplar: Path, config: TrainConfig, order: Order, begin_with: Run | None = None) -> Run:
        """Queue a training, which begins with the weights that another one has at this moment where that is given.

        Raises TrainingError where too many wait, or where it cannot be written.
        """
        self.check_room()
        if begin_with is None:
            run = new_run(self.root, exemplar, config, order)
            self._changed.set()
            return run
        run = new_run(self.root, exemplar, config, dataclasses.replace(order, wanted="pause"))
        try:
            (run.folder / START).mkdir()
            begin_with.copy_material(run.folder / START)
            run.want(order.wanted)
            self._changed.set()
        except (OSError, TrainingError) as error:
            disappear(run.folder)
            raise TrainingError(f"The weights to begin with cannot be kept: {error}") from error
        return run

    def check_room(self) -> None:
        """Raise TrainingError where too many wait, or where too much is stored."""
        check_trainings(self.root)
        with self._lock:
            if len(self._queue()) >= MOST_WAITING:
                raise TrainingError(f"{MOST_WAITING} trainings are waiting already: try again when some have ended.")

    @property
    def idle(self) -> bool:
        """Whether nothing is trained or waits."""
        with self._lock:
            return self._process is None and not self._queue()

    def of(self, owner: str) -> list[Run]:
        """The trainings that a browser asked for, the latest first."""
        return [run for run, order in reversed(self._list.read()) if owner and order.owner == owner]

    def find(self, owner: str, key: str) -> Run:
        """A browser's own training by its key; raises TrainingError for all others."""
        for run in self.of(owner):
            if run.key == key:
                return run
        raise TrainingError("There is no such training of yours.")

    def status(self, run: Run) -> str:
        """waiting (with its place), running, pausing, paused, kept, finished, failed or not finite."""
        with self._lock:
            process, queue = self._process, [waiting.key for waiting in self._queue()]
        wanted = run.order.wanted
        if process is not None and process.run == run:
            return "pausing" if process.stopping else "running"
        if run.ended:
            return run.ended
        if run.key in self._failed:
            return "failed"
        if run.key in queue:
            return f"waiting, number {queue.index(run.key) + 1} in line"
        return {"keep": "kept", "pause": "paused"}.get(wanted, wanted)

    def resume(self, run: Run) -> None:
        """Let a paused training go on, when its turn comes."""
        with self._lock:
            if self._process is None or self._process.run != run:
                (run.folder / LOG).unlink(missing_ok=True)
            run.want("run")
            self._failed.discard(run.key)
            self._changed.set()

    def pause(self, run: Run, keep: bool = False) -> None:
        """Let it save itself and stop; it can be gone on with."""
        run.want("keep" if keep else "pause")
        with self._lock:
            if self._process is not None and self._process.run == run:
                self._process.stop()

    def rename(self, run: Run, name: str) -> None:
        """Give it and its material another name; raises TrainingError for what is no name, and while it is trained."""
        with self._lock:
            if self._process is not None and self._process.run == run:
                raise TrainingError("This is being trained, under its name: pause it, and rename it then.")
            run.rename(name)

    def delete(self, run: Run) -> None:
        """End it and remove its folder."""
        with self._lock:
            run.want("pause")
            if self._process is not None and self._process.run == run:
                self._process.close(MOMENT)
            disappear(run.folder)

    def close(self) -> None:
        """Pause what runs, and wait until it is saved."""
        self._closing.set()
        self._thread.join(timeout=5)
        with self._lock:
            if self._process is not None:
                self._process.close()
                self._process = None
        self._hold.close()

    def _queue(self) -> list[Run]:
        running = self._process.run if self._process else None
        asked = [run for run, order in self._list.read() if order.wanted == "run"]
        return [run for run in asked if run != running and run.key not in self._failed]

    def _supervise(self):
        while not self._closing.wait(POLL_SECONDS):
            try:
                self._look()
            except Exception:
                log.exception("The trainings could not be looked after")
                self._closing.wait(TROUBLED_SECONDS)

    def _look(self):
        with self._lock:
            process = self._process
            if process is not None and process.returncode is None:
                process.halt(self._busy())
                return
            if process is not None:
                asked = process.stopping  # closing it asks, too
                process.close()
                self._process = None
                self._note_end(process.run, asked)
            if process is None and not self._changed.is_set() and time.monotonic() - self._listed < LOOK_SECONDS:
                return
            self._changed.clear()
            self._listed = time.monotonic()
            waiting = self._queue()
            if waiting and not self._closing.is_set():
                try:
                    self._process = TrainingProcess(waiting[0])
                except (OSError, AppearanceError) as error:
                    waiting[0].want("failed")
                    (waiting[0].folder / LOG).write_text(str(error), "utf-8")
                    self._changed.set()  # the next one's turn

    def _note_end(self, run, asked):
        if not run.folder.exists():
            return  # deleted
        if run.ended:
            run.want("keep")
        elif run.order.wanted == "run" and not asked:
            self._failed.add(run.key)
            run.want("failed")
