"""How long a solve will take on this machine, told from those that were solved on it before."""

import math
import threading

import numpy as np

from ...config.schema import Architecture, MaterialConfig, Method, SolverConfig, StartKind
from ...ode.trajectory import Trajectory
from ...runtime.memory_budget import solve_bytes
from ..text_format import duration
from .requests import SolveRequest

MOST_COURSES, MOST_TIMES, MOST_NETWORKS, MOST_SIZES = 500, 256, 100, 32
"""What is remembered at most: materials with a solver and a start each, times of one, networks with a method each, sizes of
one."""

OLD_SHARE = 0.7
"""Of what a step was thought to cost, against what it has just cost."""


class Speed:
    """Remembers what steps cost, and how many each material takes to which model time. Safe between threads.

    A step is not proportional to its pixels: small states pay for each operation, large ones for memory. So the cost is
    remembered for each size, and the nearest size is asked.
    """

    def __init__(self):
        # Both have what was used last at their ends.
        self._costs: dict[tuple[Architecture, Method], dict[int, float]] = {}  # seconds a step and pixel, by pixels
        self._courses: dict[tuple[str, SolverConfig, StartKind], dict[float, int]] = {}
        self._lock = threading.Lock()

    def note(self, config: MaterialConfig, request: SolveRequest, before: Trajectory | None, chunk: Trajectory) -> None:
        """Two chunks of a solve that followed each other; the first alone tells of steps only: it may have been compiled."""
        with self._lock:
            steps = _latest(self._courses, _course(request), MOST_COURSES)
            steps.setdefault(config.first_time, 0)
            steps[chunk.stats["time"]] = max(chunk.stats["steps"], steps.get(chunk.stats["time"], 0))
            if len(steps) > MOST_TIMES:
                _thin(steps)
            done = 0 if before is None else chunk.stats["taken"] - before.stats["taken"]
            if done > 0 and before.stats["taken"]:
                costs = _latest(self._costs, (config.architecture, request.solver.method), MOST_NETWORKS)
                cost = (chunk.stats["seconds"] - before.stats["seconds"]) / (done * _pixels(request))
                known = costs.pop(_pixels(request), cost)
                costs[_pixels(request)] = OLD_SHARE * known + (1 - OLD_SHARE) * cost
                if len(costs) > MOST_SIZES:
                    costs.pop(next(iter(costs)))

    def seconds_each(self, config: MaterialConfig, request: SolveRequest) -> float | None:
        """Seconds that a step of a request takes; None where nothing like it was solved here before."""
        with self._lock:
            costs = dict(self._costs.get((config.architecture, request.solver.method), {}))
        if not costs:
            return None
        pixels = _pixels(request)
        return costs[min(costs, key=lambda known: abs(math.log(known / pixels)))] * pixels

    def steps(self, config: MaterialConfig, request: SolveRequest) -> float | None:
        """Steps that a request takes from its start to its end; None where no part of it was solved before."""
        with self._lock:
            known = sorted(self._courses.get(_course(request), {}).items())
        if len(known) < 2:
            return None
        times, steps = np.array(known).T
        end, start = request.times[-1], times[0]
        needed = float(np.interp(end, times, steps))
        return needed * (end - start) / (times[-1] - start) if end > times[-1] else needed

    def seconds(self, config: MaterialConfig, request: SolveRequest) -> float | None:
        """About how long a request will take from its start; None where nothing like it was solved here before."""
        each, steps = self.seconds_each(config, request), self.steps(config, request)
        return None if each is None or steps is None else each * steps

    def describe(self, config: MaterialConfig, request: SolveRequest) -> str:
        """A line on what a request will take."""
        seconds = self.seconds(config, request)
        time = "a time that is not yet known on this machine" if seconds is None else f"about {duration(seconds)}"
        size = "×".join(map(str, request.size))
        return (
            f"{size}, {len(request.times)} keyframes: {time}, {solve_bytes(config, request.solver, request.size) / 1e9:.1f} GB."
        )


def _latest(known, key, most):
    """The dict under a key, now the last of `most` that are kept."""
    known[key] = found = known.pop(key, {})
    while len(known) > most:
        known.pop(next(iter(known)))
    return found


def _thin(steps):
    """Forget every other time between the first and the last."""
    for time in sorted(steps)[1:-1:2]:
        del steps[time]


def _course(request):
    return request.material, request.solver, request.start


def _pixels(request):
    return request.size[0] * request.size[1]
