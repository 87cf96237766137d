"""A run's TensorBoard event files."""

import math
from pathlib import Path

import numpy as np

from ..progress import Progress

SCALARS = (
    "loss",
    "distance",
    "overflow",
    "regularisers",
    "log_intensity",
    "solver_steps",
    "learning_rate",
    "rate",
    "evaluation",
    "warmup_loss",
    "state_error",
    "skipped",
)


class EventLog:
    """Writes scalars and preview pictures of a run; a context manager."""

    def __init__(self, folder: Path, iteration: int = 0, every: int = 10):
        """Open the log of a run at `iteration`; TensorBoard hides later iterations that were not saved."""
        from tensorboardX import SummaryWriter

        purge_step = iteration + 1 if any(folder.glob("events.*")) else None
        self._writer, self._every = SummaryWriter(str(folder), purge_step=purge_step), every

    def __enter__(self) -> "EventLog":
        return self

    def __exit__(self, *_) -> None:
        self._writer.close()

    def write(self, progress: Progress) -> None:
        """Write progress at every tenth iteration and if it is `notable`; flush at previews and saves."""
        if progress.iteration % self._every == 0 or progress.notable:
            self._add(progress)
        if progress.preview is not None or progress.material is not None:
            self._writer.flush()

    def _add(self, progress):
        for name in SCALARS:
            value = getattr(progress, name)
            if value is not None and math.isfinite(value):
                self._writer.add_scalar(name, value, progress.iteration)
        if progress.preview is not None and len(progress.preview):
            self._writer.add_image("preview", np.concatenate(list(progress.preview), axis=2), progress.iteration)
