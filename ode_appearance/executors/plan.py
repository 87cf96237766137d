"""Plans, which executors train, and their results."""

import contextlib
import dataclasses
from collections.abc import Callable
from pathlib import Path

from ..checkpoints.keyframe_baking import bake, baked
from ..errors import AppearanceError
from ..runtime.regular_files import path_exists
from ..training.job import Task
from ..training.run_dir.folder import MATERIAL, RUN, is_finished
from ..training.run_dir.journal import last_entry


@dataclasses.dataclass(frozen=True)
class TrainingPlan:
    """An exemplar of a data set and the folder of its run.

    Attributes:
        read: returns the task, or raises an AppearanceError.
        iterations: number of iterations of a finished run; None: the number in the folder's request.
    """

    name: str
    folder: Path
    read: Callable[[], Task]
    iterations: int | None = None

    @property
    def begun(self) -> bool:
        """Whether there is a run to resume."""
        return path_exists(self.folder / RUN)


@dataclasses.dataclass(frozen=True)
class TrainingResult:
    """The final status of a run in words, with the loss of its last iteration."""

    name: str
    status: str
    loss: float | None = None


def failed(plan: TrainingPlan, error: Exception) -> TrainingResult:
    """The result of a plan that ended with an error."""
    return TrainingResult(plan.name, f"failed: {error}")


def finished_before(plan: TrainingPlan) -> TrainingResult | None:
    """The result of a run that is finished in its folder, else None; bakes its material if needed."""
    if not is_finished(plan.folder, plan.iterations):
        return None
    if baked(plan.folder / MATERIAL) is None:
        with contextlib.suppress(AppearanceError):
            bake(plan.folder / MATERIAL)
    return TrainingResult(plan.name, "finished", last_entry(plan.folder).get("loss"))
