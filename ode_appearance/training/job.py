"""A training as a whole: what is to be learnt and how, and its run from the first iteration to the baked material."""

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
    """One exemplar to be learnt, wherever that is done. `max_minutes` is the length of one sitting."""

    exemplar: ExemplarFrames
    config: TrainConfig
    credit: Exemplar
    init_from: Material | None = None
    max_minutes: float = math.inf


@contextlib.contextmanager
def recording(folder: Path, exemplar: ExemplarFrames, iteration: int) -> Iterator[Callable[[Progress], None]]:
    """A function that notes the progress of a run that has done so many iterations, in its folder's event log and journal.

    Raises TrainingError where that cannot be written.
    """
    try:
        with EventLog(folder, iteration) as log, Journal(folder, exemplar) as journal:

            def note(progress: Progress) -> None:
                log.write(progress)
                journal.write(progress)

            yield note
    except OSError as error:
        raise TrainingError(f"The run's progress could not be written to {folder}: {error.strerror or error}.") from error


def bake_finished(folder: Path) -> None:
    """Bake the material of a finished run; one that cannot be is solved all the same, or baked later.

    Raises TrainingError where there is no material of the run's last iteration: it could not be solved.
    """
    if material_iteration(folder) != (read_progress(folder) or {}).get("iteration"):
        raise TrainingError(
            f"The run in {folder} is finished, but its material cannot be solved, and was not saved: start another one with a "
            "smaller learning rate, or where there is more memory."
        )
    with contextlib.suppress(AppearanceError):
        bake(folder / MATERIAL)


def perform(
    task: Task, folder: Path, *, resume: bool, stop: Callable[[], bool] = lambda: False, patience: float = 0.0
) -> Iterator[Progress]:
    """Train into a run's folder, with its event log and journal, and bake the material when it is finished.

    Yields what `train` yields; the last when the folder is complete. Yields nothing where a resumed run was finished before;
    its material is saved again where it is older than the run, and baked. Raises what `train` raises, and TrainingError where
    another process has the folder for longer than `patience` seconds, where the progress cannot be recorded, or where a
    finished run has no material that can be solved.
    """
    learning = begin(
        task.exemplar, task.config, folder, resume, task.init_from, features=None, credit=task.credit, patience=patience
    )
    (run,) = learning.runs
    progress = None
    with contextlib.closing(run):
        delete_stale_temporaries(folder)
        with recording(folder, task.exemplar, run.iteration) as note:
            with contextlib.closing(train_alone(learning, stop, task.max_minutes)) as progresses:
                for progress in progresses:
                    note(progress)
                    if progress.status == "running":
                        yield progress
            if progress is None and is_finished(folder):
                note_finished(folder, run.iteration, run.seconds)
        if progress is None or progress.status == "finished":
            bake_finished(folder)
    if progress is not None:
        yield progress
