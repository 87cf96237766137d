"""What a solve gives, and a bounded memory of what was solved."""

import collections
import dataclasses
import threading
from collections.abc import Sequence
from typing import Any, Literal

import jax
import numpy as np
from jaxtyping import Float

from ..errors import RequestError

Status = Literal["running", "complete", "stopped", "step limit", "not finite"]
"""`running`: more chunks follow. All others end a solve, and only `complete` ends it with all that was asked for."""


@dataclasses.dataclass(frozen=True)
class Trajectory:
    """States of one solve, or of one chunk of it, at ascending model times."""

    times: Float[np.ndarray, " n"]
    states: Float[np.ndarray, "n channels h w"]
    status: Status
    stats: dict[str, Any]
    """`steps` and `rejected` steps taken for this solve so far, `time` reached, `seconds` spent."""

    @classmethod
    def join(cls, chunks: Sequence["Trajectory"]) -> "Trajectory":
        """The chunks of one solve as one trajectory, times ascending."""
        times = np.concatenate([chunk.times for chunk in chunks])
        order = np.argsort(times, kind="stable")
        states = np.concatenate([chunk.states for chunk in chunks])[order]
        return cls(times[order], states, chunks[-1].status, chunks[-1].stats)


def state_at(trajectory: Trajectory, time: float | None) -> Float[np.ndarray, "channels h w"]:
    """The state at a model time, linear between the trajectory's own; without a time, its last."""
    if len(trajectory.times) == 0:
        raise RequestError("The trajectory is empty: its solve ended before it reached any of its times.")
    first, last = float(trajectory.times[0]), float(trajectory.times[-1])
    time = last if time is None else float(np.float32(time))
    if not first <= time <= last:
        raise RequestError(f"The trajectory reaches from time {first:g} to {last:g}; {time:g} is outside.")
    after = int(np.searchsorted(trajectory.times, time))
    if trajectory.times[after] == time:
        return trajectory.states[after]
    before = after - 1
    share = (time - trajectory.times[before]) / (trajectory.times[after] - trajectory.times[before])
    return (1 - share) * trajectory.states[before] + share * trajectory.states[after]


@dataclasses.dataclass
class Solved:
    """What is known of one trajectory: states by time, and positions from which its steps can be taken again."""

    states: dict[float, Float[np.ndarray, "channels h w"]] = dataclasses.field(default_factory=dict)
    positions: list[Any] = dataclasses.field(default_factory=list)
    bytes: int = 0

    def keep(self, times, states, position) -> None:
        """Remember the states of a chunk and the position after it."""
        for time, state in zip(times, states, strict=True):
            # A copy: the state may be a view, which would keep all of its chunk in memory.
            self.states[float(time)] = np.array(state)
            self.bytes += state.nbytes
        if any(float(known.start) == float(position.start) for known in self.positions):
            return
        self.positions.append(position)
        self.bytes += sum(leaf.nbytes for leaf in jax.tree.leaves(position))

    def copy(self) -> "Solved":
        """The same states and positions in containers of their own."""
        return Solved(dict(self.states), list(self.positions), self.bytes)

    def position_before(self, time: float) -> Any | None:
        """The latest remembered position at or before a time."""
        return max(
            (known for known in self.positions if float(known.start) <= time),
            key=lambda known: float(known.start),
            default=None,
        )


class TrajectoryCache:
    """Solved trajectories up to a number of bytes; the least recently used one is forgotten first. Safe between threads."""

    def __init__(self, limit: int = 1 << 30):
        self.limit = limit
        self._solved: collections.OrderedDict[Any, Solved] = collections.OrderedDict()
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """Bytes held now."""
        with self._lock:
            return self._bytes()

    def find(self, key) -> Solved:
        """What is known under a key; empty where nothing is. A copy, that its user may fill and `store`."""
        with self._lock:
            known = self._solved.get(key)
            if known is None:
                return Solved()
            self._solved.move_to_end(key)
            return known.copy()

    def store(self, key, solved: Solved) -> None:
        """Remember what is known under a key, unless more is known already or it alone is over the limit."""
        with self._lock:
            known = self._solved.get(key)
            if solved.bytes > self.limit or (known is not None and known.bytes > solved.bytes):
                return
            self._solved[key] = solved.copy()  # its user goes on filling it, unlocked
            self._solved.move_to_end(key)
            while self._bytes() > self.limit:
                self._solved.popitem(last=False)

    def clear(self) -> None:
        """Forget everything."""
        with self._lock:
            self._solved.clear()

    def _bytes(self):
        return sum(solved.bytes for solved in self._solved.values())
