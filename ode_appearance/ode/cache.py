"""A cache of solves, bounded in bytes."""

import collections
import dataclasses
import threading
from typing import Any

import jax
import numpy as np
from jaxtyping import Float


@dataclasses.dataclass
class CachedSolve:
    """States of one solve by model time, and integrator positions (`stepper.Position`) to resume it from."""

    states: dict[float, Float[np.ndarray, "channels h w"]] = dataclasses.field(default_factory=dict)
    positions: list[Any] = dataclasses.field(default_factory=list)
    bytes: int = 0

    def add(self, times, states, position) -> None:
        """Add the states of a chunk and the position after it."""
        for time, state in zip(times, states, strict=True):
            # A copy: the state may be a view, which would keep its whole chunk in memory.
            self.states[float(time)] = np.array(state)
            self.bytes += state.nbytes
        if any(float(known.start) == float(position.start) for known in self.positions):
            return
        self.positions.append(position)
        self.bytes += sum(leaf.nbytes for leaf in jax.tree.leaves(position))

    def copy(self) -> "CachedSolve":
        """A shallow copy: the same arrays in new containers."""
        return CachedSolve(dict(self.states), list(self.positions), self.bytes)

    def position_before(self, time: float) -> Any | None:
        """The latest position at or before a model time."""
        return max(
            (known for known in self.positions if float(known.start) <= time),
            key=lambda known: float(known.start),
            default=None,
        )


class TrajectoryCache:
    """A thread-safe LRU cache of solves, bounded in bytes.

    Args:
        limit: Maximum bytes of states and positions.

    Example:
        >>> import ode_appearance as oa
        >>> material, cache = oa.load("rusting_steel"), oa.TrajectoryCache()
        >>> first = oa.solve(material, size=(32, 32), times=[0.0], cache=cache)
        >>> oa.solve(material, size=(32, 32), times=[0.0], cache=cache).stats["taken"]
        0
    """

    def __init__(self, limit: int = 1 << 30):
        self.limit = limit
        self._solves: collections.OrderedDict[Any, CachedSolve] = collections.OrderedDict()
        self._lock = threading.Lock()

    @property
    def bytes(self) -> int:
        """Bytes in use."""
        with self._lock:
            return self._bytes()

    def find(self, key) -> CachedSolve:
        """A copy of the entry of a key, empty where there is none; the caller may extend and `store` it."""
        with self._lock:
            known = self._solves.get(key)
            if known is None:
                return CachedSolve()
            self._solves.move_to_end(key)
            return known.copy()

    def store(self, key, solve: CachedSolve) -> None:
        """Store a solve, unless the entry of the key is larger, or the solve alone exceeds the limit."""
        with self._lock:
            known = self._solves.get(key)
            if solve.bytes > self.limit or (known is not None and known.bytes > solve.bytes):
                return
            self._solves[key] = solve.copy()  # the caller continues to extend its own, without the lock
            self._solves.move_to_end(key)
            while self._bytes() > self.limit:
                self._solves.popitem(last=False)

    def clear(self) -> None:
        """Remove all entries."""
        with self._lock:
            self._solves.clear()

    def _bytes(self):
        return sum(solve.bytes for solve in self._solves.values())
