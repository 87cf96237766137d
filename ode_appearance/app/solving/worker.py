"""One thread that does all solving: a device is not shared by solves that slow each other down, but they take turns on it."""

import atexit
import concurrent.futures
import dataclasses
import logging
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

from ...errors import RequestError
from ...runtime.jit import clear_jit_caches
from ...runtime.malloc import give_memory_back
from ..clients import address_of
from ..fair_queue import FairQueue

log = logging.getLogger(__name__)

MOST_WAITING = 200
"""Tasks that may be under way, of all browser tabs and programs together."""

MOST_OF_ADDRESS = 100
"""Those of one address."""

MOST_OF_CLIENT = 20
"""Those of one browser tab or program."""

TURN_SECONDS = 1.0
"""How long a task goes on before others have their turn: what is short is done in one, and waits for nobody's second."""

Turns = Generator[None, None, Any]
"""A task that is done piece by piece: it hands over after each, and returns its result."""


@dataclasses.dataclass(eq=False)
class _Task:
    future: concurrent.futures.Future
    turns: Turns
    gives_way: bool
    client: str


class Worker:
    """Does tasks in turns, so that a short one does not wait for the end of a long one, nor a client for all of another's."""

    def __init__(self):
        self._waiting: FairQueue[_Task] = FairQueue()
        self._under_way: set[_Task] = set()
        self._gave_way = -TURN_SECONDS
        self._change = threading.Condition()
        self._closing = threading.Event()
        self._start_thread()
        atexit.register(self.close)

    def submit(self, task: Callable[[], Any], *, client: str = "", gives_way: bool = False) -> concurrent.futures.Future:
        """Queue a function or generator function (see Turns); its result, or what it raises, comes with the future.

        One that has not begun can be cancelled, and leaves the queue then. `client` (see app/clients.py) is whose turn it is
        done in. `gives_way` says that it calls `give_way` itself, so that no other such task may begin inside it. Raises
        RequestError where too much is under way.
        """
        future = concurrent.futures.Future()
        queued = _Task(future, _in_turns(future, task), gives_way, client)
        with self._change:
            self._check_room(client)
            self._under_way.add(queued)
            self._waiting.push(client, queued)
            if not self._thread.is_alive() and not self.closing:
                log.error("The solver's thread had ended: it is started again")
                self._start_thread()
            self._change.notify()
        future.add_done_callback(lambda done: done.cancelled() and self._leave(queued))
        return future

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return not self._under_way

    @property
    def closing(self) -> bool:
        """Whether the app ends: tasks that take long ask for this between pieces."""
        return self._closing.is_set()

    def give_way(self) -> None:
        """For a task that cannot hand over by itself: after a turn of its own, give one to each client that waits.

        Tasks that give way themselves wait until it is done.
        """
        if time.monotonic() - self._gave_way < TURN_SECONDS:
            return
        with self._change:
            others = {task.client: task for task in reversed(list(self._waiting)) if not task.gives_way}
        for task in reversed(others.values()):
            with self._change:
                there = self._waiting.remove(task.client, task)
            if there:
                self._turn(task)
        self._gave_way = time.monotonic()

    def close(self) -> None:
        """End after the present piece, and wait for that a moment."""
        self._closing.set()
        with self._change:
            self._change.notify()
        self._thread.join(timeout=10)

    def _check_room(self, client):
        if len(self._under_way) >= MOST_WAITING:
            raise RequestError("Too many are waiting for the solver: try again in a while.")
        own = sum(task.client == client for task in self._under_way)
        if client and own >= MOST_OF_CLIENT:
            raise RequestError(f"{own} of your requests are waiting for the solver already: try again when some are done.")
        address = address_of(client)
        same = sum(address_of(task.client) == address for task in self._under_way)
        if address and same >= MOST_OF_ADDRESS:
            raise RequestError(f"{same} requests of your address are waiting already: try again when some are done.")

    def _start_thread(self):
        # A daemon: an app that is closed does not wait for a long solve, only for the piece that is being solved.
        self._thread = threading.Thread(target=self._run, name="solver", daemon=True)
        self._thread.start()

    def _run(self):
        while True:
            with self._change:
                self._change.wait_for(lambda: len(self._waiting) or self.closing)
                if self.closing:
                    return
                task = self._waiting.pop()
            self._turn(task)

    def _turn(self, task):
        """A turn of a task; whatever happens in it, the thread goes on."""
        end = time.monotonic() + TURN_SECONDS
        try:
            while next(task.turns) is None and time.monotonic() < end and not self.closing:
                pass
        except StopIteration:
            self._leave(task)
        except BaseException as error:
            log.exception("The solver's thread goes on after an error")
            self._leave(task)
            if not task.future.done():
                task.future.set_exception(error)
        else:
            with self._change:
                self._waiting.push(task.client, task)

    def _leave(self, task):
        with self._change:
            self._waiting.remove(task.client, task)
            self._under_way.discard(task)


def _in_turns(future, task) -> Turns:
    """A task whose result goes to its future."""
    if not future.set_running_or_notify_cancel():
        return
    try:
        result = task()
        if isinstance(result, Generator):
            result = yield from result
        future.set_result(result)
    except BaseException as error:
        future.set_exception(error)
    _clean_up()  # when the result is out: nobody waits for it


def _clean_up():
    """Give back what a task has left; that is not its own error."""
    for step in (clear_jit_caches, give_memory_back):
        try:
            step()
        except Exception:
            log.exception("The solver could not clean up after a task")
