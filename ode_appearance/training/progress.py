"""What a training reports of itself."""

import dataclasses
from typing import Literal

import numpy as np
from jaxtyping import Float

from ..models.material import Material

Status = Literal["running", "finished", "stopped", "not finite"]
NOT_FINITE = "Too many iterations in a row gave no finite loss; the last weights that gave one are kept."
"""What the status "not finite" means, for whoever is to be told."""


@dataclasses.dataclass(frozen=True)
class Progress:
    """Where a training stands after an iteration. Losses are those of the iteration, weighted as they are minimised."""

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
    rate: float  # iterations per second, lately
    seconds: float  # spent on this run, earlier sittings included
    seconds_left: float
    skipped: int = 0  # iterations so far whose loss or gradient was not finite
    features: str = ""  # which they are, and why
    warmup_loss: float | None = None  # of flow matching; its span's is `distance`
    state_error: float | None = None  # of flow matching: mean squared, of the pictures of the pool's states, from -1 to 1
    evaluation: float | None = None  # loss of whole rollouts, where one was made
    preview: Float[np.ndarray, "times 3 s s"] | None = None  # at times over the span, where one was made
    material: Material | None = None  # every so often, and at the end
    status: Status = "running"

    @property
    def notable(self) -> bool:
        """Whether the iteration has more to tell than its losses: an evaluation, a preview or the end."""
        return self.evaluation is not None or self.preview is not None or self.status != "running"


class Rate:
    """Iterations per second over the last ones, the first (which compiles) left out."""

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
