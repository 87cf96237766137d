"""One thread that does all solving, one task after the other: a device is not shared by solves that slow each other down."""

import atexit
import concurrent.futures
import queue
import threading
from collections.abc import Callable
from typing import Any


class Worker:
    """Runs tasks in the order in which they were given."""

    def __init__(self):
        self._tasks: queue.Queue[tuple[concurrent.futures.Future, Callable[[], Any]]] = queue.Queue()
        self._closing = threading.Event()
        # A daemon: an app that is closed does not wait for a long solve, only for the chunk that is being solved.
        self._thread = threading.Thread(target=self._run, name="solver", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def submit(self, task: Callable[[], Any]) -> concurrent.futures.Future:
        """Queue a task; its result, or what it raises, comes with the future. One that waits can be cancelled."""
        future = concurrent.futures.Future()
        self._tasks.put((future, task))
        return future

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return self._tasks.unfinished_tasks == 0

    @property
    def closing(self) -> bool:
        """Whether the app ends: tasks that take long ask for this between chunks."""
        return self._closing.is_set()

    def close(self) -> None:
        """End after the present task, and wait for that a moment."""
        self._closing.set()
        self._tasks.put((concurrent.futures.Future(), lambda: None))
        self._thread.join(timeout=10)

    def _run(self):
        while not self._closing.is_set():
            future, task = self._tasks.get()
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(task())
                except BaseException as error:
                    future.set_exception(error)
            self._tasks.task_done()
