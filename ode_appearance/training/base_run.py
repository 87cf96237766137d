"""Base class of runs: the exemplar, the folder, the counters and the saves."""

import abc
import contextlib
import dataclasses
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
from jaxtyping import Float

from ..checkpoints.checkpoint import validated_config
from ..checkpoints.library import save
from ..config.schema import Exemplar, MaterialConfig, Times
from ..data import ExemplarFrames
from ..errors import RequestError, TrainingError
from ..models.material import Material
from ..runtime.folder_lock import FolderLock
from ..runtime.malloc import give_memory_back
from .checks import check_fit
from .progress import Progress, Rate, Status
from .run_dir.folder import MATERIAL, material_iteration, read_request, read_state, refuse_run, write_request, write_state
from .texture.rollout import preview
from .train_config import TrainConfig
from .training_memory import check_training_memory

WARMUP_SHARE = 0.2
"""Length of the warm-up over the exemplar's duration, as published."""


RunType = TypeVar("RunType", bound="BaseRun")


class BaseRun(abc.ABC):
    """One run of a training. Holds the lock of its folder until it is closed."""

    def __init__(
        self,
        exemplar: ExemplarFrames,
        config: TrainConfig,
        metadata: MaterialConfig,
        folder: Path | None,
        hold: FolderLock | None,
    ):
        self.exemplar, self.config, self.metadata, self.folder = exemplar, config, metadata, folder
        self.iteration, self.seconds, self.origin = 0, 0.0, ""
        self.skipped, self.skipped_in_row = 0, 0
        self._hold = hold

    @property
    @abc.abstractmethod
    def state(self) -> Any:
        """Pytree of everything that the next iteration needs, as saved."""

    @abc.abstractmethod
    def state_template(self, progress: dict[str, Any]) -> Any:
        """A pytree of the same structure and shapes as the state saved with this progress."""

    @abc.abstractmethod
    def restore(self, state: Any) -> None:
        """Continue from a saved state."""

    @abc.abstractmethod
    def material(self, **changes) -> Material:
        """The current material, with changes of its metadata."""

    @abc.abstractmethod
    def record(self) -> dict[str, Any]:
        """The training record of the checkpoint."""

    @abc.abstractmethod
    def revert_last_update(self) -> None:
        """Restore the last weights whose loss was finite."""

    @abc.abstractmethod
    def evaluate(self) -> float:
        """The loss of whole rollouts with the current weights."""

    @property
    @abc.abstractmethod
    def evaluation_due(self) -> bool:
        """Whether an evaluation precedes the next iteration."""

    @abc.abstractmethod
    def progress(self, done: Any, rate: Rate, status: Status, **more) -> Progress:
        """The progress after an iteration; `more`: evaluation, preview and saved material, None where there is none."""

    def progress_with(self, rate: Rate, status: Status, **values) -> Progress:
        """Progress with the counters that every method has, and `values`."""
        iterations = self.config.schedule.iterations
        return Progress(
            iteration=self.iteration,
            iterations=iterations,
            rate=rate.per_second,
            seconds=self.seconds,
            seconds_left=(iterations - self.iteration) / max(rate.per_second, 1e-9),
            skipped=self.skipped,
            status=status,
            **values,
        )

    def close(self) -> None:
        """Release the lock of the folder."""
        if self._hold is not None:
            self._hold.close()

    def begin(self, resume: bool) -> None:
        """Start a new run in the folder, or restore the run saved there."""
        if self.folder is None:
            return
        if resume:
            saved = read_state(self.folder, self.state_template)
            if saved is not None:
                metadata = self.check_exemplar()
                state, progress = saved
                self.restore(state)
                self.iteration, self.seconds, self.origin = (progress[key] for key in ("iteration", "seconds", "origin"))
                self.skipped, self.skipped_in_row = (progress.get(key, 0) for key in ("skipped", "skipped_in_row"))
                if self.has_given_up:  # resuming allows as many skipped iterations again
                    self.skipped_in_row = 0
                if self.iteration < self.config.schedule.iterations:  # a finished run keeps its request
                    write_request(self.folder, self.config, metadata)
                return
        refuse_run(self.folder)
        frames = {"frames": len(self.exemplar), "duration": self.exemplar.duration, "digest": self.exemplar.digest}
        write_request(self.folder, self.config, {**dataclasses.asdict(self.metadata.exemplar), **frames})

    def check_exemplar(self) -> dict:
        """The exemplar's metadata in run.json; TrainingError if the frames differ from those of the run."""
        original = read_request(self.folder)[1]
        if original.get("digest", self.exemplar.digest) != self.exemplar.digest:
            name = original.get("name", "its exemplar")
            raise TrainingError(
                f"The run in {self.folder}, of {name}, began with other frames or times; resume it with the same exemplar.",
                code="other-exemplar",
            )
        return original

    def count(self, finite: bool) -> None:
        """Count an iteration, and whether it was skipped because its loss or gradient was not finite."""
        self.iteration += 1
        self.skipped += not finite
        self.skipped_in_row = 0 if finite else self.skipped_in_row + 1

    @property
    def has_given_up(self) -> bool:
        """Whether the maximum of skipped iterations in a row is reached."""
        return self.skipped_in_row >= self.config.schedule.most_skipped

    @property
    def preview_due(self) -> bool:
        """Whether a preview follows the last iteration."""
        return self.config.saving.preview_every > 0 and self.iteration % self.config.saving.preview_every == 0

    def save_state(self) -> None:
        """Save the state, if there is a folder."""
        if self.folder is None:
            return
        names = ("iteration", "seconds", "origin", "skipped", "skipped_in_row")
        write_state(self.folder, self.state, {name: getattr(self, name) for name in names})

    def save(self) -> Material:
        """Save the state, then the current material; returns the material."""
        self.save_state()
        return self._save_material()

    def save_material_if_older(self) -> None:
        """Save the material if a process was killed after saving the state and before saving the material."""
        if self.folder is not None and material_iteration(self.folder) != self.iteration:
            self._save_material()

    def _save_material(self):
        material = self.material(training=self.record())
        if self.folder is not None:
            # A material that cannot be solved has no preview, so it is not saved; the state has its weights.
            with contextlib.suppress(RequestError):
                save(material, self.folder / MATERIAL)
        return material

    def preview_if_due(self) -> Float[np.ndarray, "times 3 s s"] | None:
        """Pictures of the current material, or None if no preview is due."""
        if not self.preview_due:
            return None
        pictures = preview(self.material(), self.config.data.state_size)
        give_memory_back()
        return pictures


def checked_metadata(
    exemplar: ExemplarFrames, config: TrainConfig, init_from: Material | None, credit: Exemplar | None
) -> MaterialConfig:
    """The initial metadata of the material.

    Raises:
        TrainingError: the exemplar or `init_from` does not fit the config, or there is too little memory.
        ConfigError: the credit or a number is out of bounds.
    """
    check_fit(exemplar, config, init_from)
    metadata = _initial_metadata(exemplar, config, credit)
    validated_config(metadata)
    check_training_memory(config)
    return metadata


def _initial_metadata(exemplar, config, credit):
    times = Times(WARMUP_SHARE * exemplar.duration, exemplar.duration, exemplar.frame_interval, len(exemplar))
    return MaterialConfig(
        exemplar.name,
        config.kind,
        config.brdf,
        config.architecture,
        times,
        config.solver.solver_config,
        config.model.normals,
        exemplar=credit or Exemplar(exemplar.name, real_duration=exemplar.real_duration),
    )


def start_run(make: Callable[[], RunType], held: FolderLock | None, resume: bool) -> RunType:
    """Make and start a run; if that fails, release the lock `held` of its folder."""
    try:
        run = make()
        run.begin(resume)
    except BaseException:
        if held is not None:
            held.close()
        raise
    return run
