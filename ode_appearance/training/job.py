"""A whole training: its task, and the run from the first iteration to the baked material."""

import contextlib
import dataclasses
import math
from collections.abc import Callable, Iterator
from pathlib import Path

from ..checkpoints.keyframe_baking import bake
from ..config.schema import Exemplar
from ..data import ExemplarFrames
from ..errors import AppearanceError, TrainingError
from ..models.material import Material
from ..runtime.atomic_io import delete_stale_temporaries
from .progress import Progress
from .run_dir.folder import MATERIAL, is_finished, material_iteration, read_progress
from .run_dir.journal import Journal, note_finished
from .run_dir.tensorboard import EventLog
from .train_config import TrainConfig
from .trainer import begin, train_alone


@dataclasses.dataclass(frozen=True, eq=False)
class Task:
    """One exemplar to be learnt, on any executor.

    Attributes:
        max_minutes: maximum duration of one call of `perform`; the run can be resumed.
    """

    exemplar: ExemplarFrames
    config: TrainConfig
    credit: Exemplar
    init_from: Material | None = None
    max_minutes: float = math.inf


@contextlib.contextmanager
def recording(folder: Path, exemplar: ExemplarFrames, iteration: int) -> Iterator[Callable[[Progress], None]]:
    """Context manager of a function that writes progress to the event log and the journal of a run at `iteration`.

    Raises:
        TrainingError: they cannot be written.
    """
    try:
        with EventLog(folder, iteration) as log, Journal(folder, exemplar) as journal:

            def write(progress: Progress) -> None:
                log.write(progress)
                journal.write(progress)

            yield write
    except OSError as error:
        raise TrainingError(f"The run's progress could not be written to {folder}: {error.strerror or error}.") from error


def bake_finished(folder: Path) -> None:
    """Bake the keyframes of a finished run's material. A failed baking is ignored: the material can be solved without.

    Raises:
        TrainingError: there is no material of the last iteration, since it could not be solved.
    """
    if material_iteration(folder) != (read_progress(folder) or {}).get("iteration"):
        raise TrainingError(
            f"The run in {folder} is finished, but its material cannot be solved and was not saved; start another run with a "
            "smaller learning rate or on a machine with more memory.",
            code="no-material",
        )
    with contextlib.suppress(AppearanceError):
        bake(folder / MATERIAL)


def perform(
    task: Task, folder: Path, *, resume: bool, stop: Callable[[], bool] = lambda: False, patience: float = 0.0
) -> Iterator[Progress]:
    """Train in a run's folder, write its event log and journal, and bake the material at the end.

    A resumed run that was finished before has its material saved again if it is outdated, and baked.

    Args:
        patience: seconds to wait for the lock of the folder. The others are those of `train`.

    Yields:
        What `train` yields, the last one when the folder is complete; nothing if the run was finished before.

    Raises:
        TrainingError: as `train`; also if the folder stays locked, the progress cannot be written, or a finished run has no
            material that can be solved.
    """
    group = begin(
        task.exemplar, task.config, folder, resume, task.init_from, features=None, credit=task.credit, patience=patience
    )
    (run,) = group.runs
    progress = None
    with contextlib.closing(run):
        delete_stale_temporaries(folder)
        with recording(folder, task.exemplar, run.iteration) as write:
            with contextlib.closing(train_alone(group, stop, task.max_minutes)) as progresses:
                for progress in progresses:
                    write(progress)
                    if progress.status == "running":
                        yield progress
            if progress is None and is_finished(folder):
                note_finished(folder, run.iteration, run.seconds)
        if progress is None or progress.status == "finished":
            bake_finished(folder)
    if progress is not None:
        yield progress
