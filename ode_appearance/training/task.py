"""A training as a whole: what is to be learnt and how, and its run from the first iteration to the baked material."""

import contextlib
import dataclasses
import math
from collections.abc import Callable, Iterator
from pathlib import Path

from ..config import Exemplar
from ..errors import AppearanceError, TrainingError
from ..exemplar import ExemplarFrames
from ..material import Material
from ..viewer.baking import bake
from .config import TrainConfig
from .events import EventLog
from .folder import MATERIAL
from .journal import Journal
from .progress import Progress
from .trainer import train


@dataclasses.dataclass(frozen=True, eq=False)
class Task:
    """One exemplar to be learnt, wherever that is done. `max_minutes` is the length of one sitting."""

    exemplar: ExemplarFrames
    config: TrainConfig
    credit: Exemplar
    init_from: Material | None = None
    max_minutes: float = math.inf


@contextlib.contextmanager
def recording(folder: Path, exemplar: ExemplarFrames) -> Iterator[Callable[[Progress], None]]:
    """A function that notes a run's progress in the event log and the journal of its folder.

    Raises TrainingError where that cannot be written.
    """
    try:
        with EventLog(folder) as log, Journal(folder, exemplar) as journal:

            def note(progress: Progress) -> None:
                log.write(progress)
                journal.write(progress)

            yield note
    except OSError as error:
        raise TrainingError(f"The run's progress could not be written to {folder}: {error.strerror or error}.") from error


def bake_finished(folder: Path) -> None:
    """Bake the material of a finished run; one that cannot be is solved all the same, or baked later."""
    with contextlib.suppress(AppearanceError):
        bake(folder / MATERIAL)


def perform(task: Task, folder: Path, *, resume: bool, stop: Callable[[], bool] = lambda: False) -> Iterator[Progress]:
    """Train into a run's folder, with its event log and journal, and bake the material when it is finished.

    Yields what `train` yields; the last when the folder is complete. Yields nothing where a resumed run was finished before,
    which is baked again. Raises what `train` raises, and TrainingError where its progress cannot be recorded.
    """
    progresses = train(
        task.exemplar,
        task.config,
        out=folder,
        resume=resume,
        init_from=task.init_from,
        credit=task.credit,
        stop=stop,
        max_minutes=task.max_minutes,
    )
    progress = None
    with contextlib.closing(progresses), recording(folder, task.exemplar) as note:
        for progress in progresses:
            note(progress)
            if progress.status == "running":
                yield progress
    if progress is None or progress.status == "finished":
        bake_finished(folder)
    if progress is not None:
        yield progress
