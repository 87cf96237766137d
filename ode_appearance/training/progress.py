"""Progress reports of a training."""

import dataclasses
from typing import Literal

import numpy as np
from jaxtyping import Float

from ..models.material import Material

Status = Literal["running", "finished", "stopped", "not finite"]
NOT_FINITE = "Too many iterations in a row gave no finite loss; the last weights that gave one are kept."
"""Explanation of the status "not finite" for users."""


@dataclasses.dataclass(frozen=True)
class Progress:
    """State of a training after an iteration. Losses are those of the iteration, with the weights of the objective."""

    iteration: int  # done so far
    iterations: int
    initialising: bool
    loss: float
    distance: float
    overflow: float
    regularisers: float
    log_intensity: float
    solver_steps: int
    learning_rate: float
    rate: float  # iterations per second, median of the last 60
    seconds: float  # spent on this run, including earlier processes
    seconds_left: float
    skipped: int = 0  # iterations so far whose loss or gradient was not finite
    features: str = ""  # their name and why they were chosen
    warmup_loss: float | None = None  # flow matching only; the loss of the span is `distance`
    state_error: float | None = None  # flow matching only: mean squared error of the pool's pictures, values from -1 to 1
    evaluation: float | None = None  # loss of whole rollouts, if evaluated
    preview: Float[np.ndarray, "times 3 s s"] | None = None  # at times over the span, if rendered
    material: Material | None = None  # at each save, and at the end
    status: Status = "running"

    @property
    def notable(self) -> bool:
        """Whether the iteration has an evaluation, a preview or the final status."""
        return self.evaluation is not None or self.preview is not None or self.status != "running"


class Rate:
    """Median of iterations per second over the last 60, without the first one, which compiles."""

    def __init__(self):
        self._first, self._laps = 0.0, []

    def observe(self, seconds: float) -> None:
        if not self._first:
            self._first = seconds
        else:
            self._laps = [*self._laps[-59:], seconds]

    @property
    def per_second(self) -> float:
        return 1 / max(float(np.median(self._laps or [self._first])), 1e-9)
