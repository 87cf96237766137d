"""How long a solve will take on this machine, told from those that were solved on it before."""

import threading

import numpy as np

from ..config import Architecture, MaterialConfig, Method
from ..memory import solve_bytes
from ..trajectory import Trajectory
from .plain import duration
from .requests import SolveRequest


class Speed:
    """Remembers what steps cost, and how many each material takes to which model time. Safe between threads."""

    def __init__(self):
        self._seconds: dict[tuple[Architecture, Method], float] = {}
        self._steps: dict[tuple, dict[float, int]] = {}
        self._lock = threading.Lock()

    def note(self, config: MaterialConfig, request: SolveRequest, before: Trajectory | None, chunk: Trajectory) -> None:
        """Two chunks of a solve that followed each other; the first alone tells of steps only: it may have been compiled."""
        with self._lock:
            steps = self._steps.setdefault(_course(request), {-config.times.warmup: 0})
            steps[chunk.stats["time"]] = max(chunk.stats["steps"], steps.get(chunk.stats["time"], 0))
            done = 0 if before is None else chunk.stats["taken"] - before.stats["taken"]
            if done > 0 and before.stats["taken"]:
                seconds = (chunk.stats["seconds"] - before.stats["seconds"]) / (done * _pixels(request))
                key = config.architecture, request.solver.method
                # The best of them: others waited for something else.
                self._seconds[key] = min(seconds, self._seconds.get(key, seconds))

    def seconds(self, config: MaterialConfig, request: SolveRequest) -> float | None:
        """About how long a request will take from its start; None where nothing like it was solved here before."""
        with self._lock:
            each = self._seconds.get((config.architecture, request.solver.method))
            known = sorted(self._steps.get(_course(request), {}).items())
        if each is None or len(known) < 2:
            return None
        times, steps = np.array(known).T
        end, start = request.times[-1], times[0]
        needed = float(np.interp(end, times, steps))
        if end > times[-1]:
            needed *= (end - start) / (times[-1] - start)
        return each * needed * _pixels(request)

    def describe(self, config: MaterialConfig, request: SolveRequest) -> str:
        """A line on what a request will take."""
        seconds = self.seconds(config, request)
        time = "a time that is not yet known on this machine" if seconds is None else f"about {duration(seconds)}"
        size = "×".join(map(str, request.size))
        return (
            f"{size}, {len(request.times)} keyframes: {time}, {solve_bytes(config, request.solver, request.size) / 1e9:.1f} GB."
        )


def _course(request):
    return request.material, request.solver


def _pixels(request):
    return request.size[0] * request.size[1]
