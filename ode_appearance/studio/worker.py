"""One thread that does all solving: a device is not shared by solves that slow each other down, but they take turns on it."""

import atexit
import collections
import concurrent.futures
import threading
import time
from collections.abc import Callable, Generator
from typing import Any

from ..allocation import give_memory_back
from ..compiled import let_go_of_compiled
from ..errors import RequestError

MOST_WAITING = 200
"""Tasks that may be under way, of all browser tabs and programs together."""

TURN_SECONDS = 1.0
"""How long a task goes on before others have their turn: what is short is done in one, and waits for nobody's second."""

Turns = Generator[None, None, Any]
"""A task that is done piece by piece: it hands over after each, and returns its result."""


class Worker:
    """Does tasks in turns, so that a short one does not wait for the end of a long one."""

    def __init__(self):
        self._tasks: collections.deque[tuple[concurrent.futures.Future, Turns, bool]] = collections.deque()
        self._gave_way = -TURN_SECONDS
        self._under_way = 0
        self._change = threading.Condition()
        self._closing = threading.Event()
        # A daemon: an app that is closed does not wait for a long solve, only for the piece that is being solved.
        self._thread = threading.Thread(target=self._run, name="solver", daemon=True)
        self._thread.start()
        atexit.register(self.close)

    def submit(self, task: Callable[[], Any], *, gives_way: bool = False) -> concurrent.futures.Future:
        """Queue a function or generator function (see Turns); its result, or what it raises, comes with the future.

        One that has not begun can be cancelled. `gives_way` says that it calls `give_way` itself, so that no other such task
        may begin inside it. Raises RequestError where too much is under way.
        """
        future = concurrent.futures.Future()
        with self._change:
            if self._under_way >= MOST_WAITING:
                raise RequestError("Too many are waiting for the solver: try again in a while.")
            self._under_way += 1
            self._tasks.append((future, _in_turns(future, task), gives_way))
            self._change.notify()
        return future

    @property
    def idle(self) -> bool:
        """Whether there is nothing to do."""
        return self._under_way == 0

    @property
    def closing(self) -> bool:
        """Whether the app ends: tasks that take long ask for this between pieces."""
        return self._closing.is_set()

    def give_way(self) -> None:
        """For a task that cannot hand over by itself: after a turn of its own, give each of the others that can one."""
        if time.monotonic() - self._gave_way < TURN_SECONDS:
            return
        for _ in range(len(self._tasks)):
            future, turns, gives_way = self._tasks.popleft()
            if gives_way and not future.cancelled():
                self._tasks.append((future, turns, gives_way))
            else:
                self._turn(future, turns, gives_way)
        self._gave_way = time.monotonic()

    def close(self) -> None:
        """End after the present piece, and wait for that a moment."""
        self._closing.set()
        with self._change:
            self._change.notify()
        self._thread.join(timeout=10)

    def _run(self):
        while True:
            with self._change:
                self._change.wait_for(lambda: self._tasks or self.closing)
            if self.closing:
                return
            self._turn(*self._tasks.popleft())

    def _turn(self, future, turns, gives_way):
        end = time.monotonic() + TURN_SECONDS
        try:
            while next(turns) is None and time.monotonic() < end and not self.closing:
                pass
        except StopIteration:
            with self._change:
                self._under_way -= 1
        else:
            self._tasks.append((future, turns, gives_way))


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
    let_go_of_compiled()  # when the result is out: nobody waits for it
    give_memory_back()
