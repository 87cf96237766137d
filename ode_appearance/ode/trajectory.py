"""The result of a solve: states at model times."""

import dataclasses
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from jaxtyping import Float

from ..errors import RequestError

SolveStatus = Literal["running", "complete", "stopped", "step limit", "not finite"]
"""`running`: more chunks follow. The others end a solve; only `complete` means that every requested time was reached."""


@dataclasses.dataclass(frozen=True)
class Trajectory:
    """States of one solve, or of one chunk of it, at ascending model times.

    Args:
        times: Model times.
        states: The state at each time.
        status: How the solve ended: "complete", "stopped", "step limit" or "not finite"; "running" for a chunk before the end.
        stats: `steps` and `rejected` steps of the whole solve so far, `taken` steps without those from a cache, model `time`
            reached, and `seconds` of computation.

    Example:
        >>> import ode_appearance as oa
        >>> chunks = list(oa.solve_stream(oa.load("rusting_steel"), size=(32, 32), times=[0.0, 1.0]))
        >>> trajectory = oa.Trajectory.join(chunks)
        >>> trajectory.status, trajectory.times.tolist(), trajectory.states.shape
        ('complete', [0.0, 1.0], (2, 24, 32, 32))
    """

    times: Float[np.ndarray, " n"]
    states: Float[np.ndarray, "n channels h w"]
    status: SolveStatus
    stats: dict[str, Any]

    @classmethod
    def join(cls, chunks: Sequence["Trajectory"]) -> "Trajectory":
        """Concatenate the chunks of one solve, times ascending; status and stats are those of the last chunk."""
        times = np.concatenate([chunk.times for chunk in chunks])
        order = np.argsort(times, kind="stable")
        states = np.concatenate([chunk.states for chunk in chunks])[order]
        return cls(times[order], states, chunks[-1].status, chunks[-1].stats)


def state_at(trajectory: Trajectory, time: float | None) -> Float[np.ndarray, "channels h w"]:
    """The state at a model time, linearly interpolated between the trajectory's states.

    Args:
        trajectory: The trajectory.
        time: Model time; None for the last state.

    Raises:
        RequestError: For an empty trajectory (code "empty-trajectory") or a time outside it (code "out-of-range").
    """
    if len(trajectory.times) == 0:
        raise RequestError(
            "The trajectory is empty: the solve ended before its first requested time. Look at its status.",
            code="empty-trajectory",
        )
    first, last = float(trajectory.times[0]), float(trajectory.times[-1])
    time = last if time is None else float(np.float32(time))
    if not first <= time <= last:
        raise RequestError(f"Time {time:g} is outside the trajectory, which spans {first:g} to {last:g}.", code="out-of-range")
    after = int(np.searchsorted(trajectory.times, time))
    if trajectory.times[after] == time:
        return trajectory.states[after]
    before = after - 1
    share = (time - trajectory.times[before]) / (trajectory.times[after] - trajectory.times[before])
    return (1 - share) * trajectory.states[before] + share * trajectory.states[after]
