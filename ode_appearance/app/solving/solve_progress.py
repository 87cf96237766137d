"""How long a solve that is under way still takes: from its own pace, which has in it what others take of the solver."""

import collections
import time
from collections.abc import Callable

from ...config.schema import MaterialConfig
from ...ode.trajectory import Trajectory
from .eta import Speed
from .requests import SolveRequest

WINDOW_SECONDS = 10.0
"""The pace is that of so many seconds: several rounds of turns, and not so many that those who have left still count."""


class Progress:
    """Told of each chunk of a solve; `clock` gives seconds."""

    def __init__(
        self, config: MaterialConfig, request: SolveRequest, speed: Speed, clock: Callable[[], float] = time.monotonic
    ):
        self._config, self._request, self._speed, self._clock = config, request, speed, clock
        self._steps, self._time = 0, config.first_time
        self._before: Trajectory | None = None
        self._taken: collections.deque[tuple[float, int]] = collections.deque()  # (when, steps taken until then)

    def note(self, chunk: Trajectory) -> None:
        """A chunk is there."""
        self._speed.note(self._config, self._request, self._before, chunk)
        self._before = chunk
        self._steps, self._time = chunk.stats["steps"], chunk.stats["time"]
        now, taken = self._clock(), chunk.stats["taken"]
        if taken:  # the first steps may have been compiled: time is measured from there
            self._taken.append((now, taken))
        while len(self._taken) > 2 and self._taken[1][0] < now - WINDOW_SECONDS:
            self._taken.popleft()

    @property
    def seconds_left(self) -> float | None:
        """About how long it will still take; None where that is not known."""
        each, steps = self._seconds_each(), self._steps_left()
        return None if each is None or steps is None else each * steps

    def _seconds_each(self):
        """Seconds a step."""
        if len(self._taken) > 1:
            (began, first), (ended, last) = self._taken[0], self._taken[-1]
            if last > first:
                return (ended - began) / (last - first)
        return self._speed.seconds_each(self._config, self._request)

    def _steps_left(self):
        needed = self._speed.steps(self._config, self._request)
        start, end = self._config.first_time, self._request.times[-1]
        if (needed is None or needed <= self._steps) and self._time > start:
            needed = self._steps * (end - start) / (self._time - start)  # it goes on as it went so far
        return None if needed is None else max(needed - self._steps, 0.0)
