"""Runs of the method "texture": integrate the ODE and compare feature statistics with the exemplar's."""

import time as clock
from pathlib import Path
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ...config.schema import Exemplar, MaterialConfig
from ...data import ExemplarFrames
from ...data.exemplar import even_indices
from ...models.material import Material, new_material
from ...perceptual.features import FeatureExtractor, load_features
from ...runtime.folder_lock import FolderLock
from ...runtime.malloc import give_memory_back
from ..base_run import BaseRun, checked_metadata, start_run
from ..checks import check_training
from ..progress import Progress, Rate, Status
from ..run_dir.folder import RUN, hold_run, read_request
from ..run_dir.record import texture_record
from ..train_config import TrainConfig
from .plateau import Plateau
from .rollout import current_material, rollout_loss
from .step import Learner, Parameters, StepResult, begin_learning, without_last_update
from .targets import Targets

_NORMALISED_BY = 10
"""Number of frames of the exemplar for the root mean squares of its feature maps."""


class TextureReport(NamedTuple):
    """The result of one iteration with its schedule."""

    initialising: bool
    result: StepResult
    learning_rate: float
    log_intensity: Float[Array, ""]

    @property
    def finite(self) -> bool:
        """Whether its loss and gradient were finite."""
        return bool(self.result.finite)


class TextureRun(BaseRun):
    """One run, from an untrained network or from the weights of `init_from`."""

    def __init__(
        self,
        exemplar: ExemplarFrames,
        config: TrainConfig,
        metadata: MaterialConfig,
        features: FeatureExtractor,
        folder: Path | None,
        hold: FolderLock | None,
        init_from: Material | None,
    ):
        super().__init__(exemplar, config, metadata, folder, hold)
        self.features = features
        self.targets = Targets(exemplar, features, config.data.target_precision)
        self.plateau = Plateau(config.rate)
        self.origin = "" if init_from is None else init_from.name
        start = init_from or new_material(metadata, config.seed)
        parameters = Parameters(start.vector_field, jnp.float32(start.config.light.log_intensity))
        shape = (config.data.batch, config.architecture.channels, config.data.state_size, config.data.state_size)
        self.learner = begin_learning(parameters, jnp.zeros(shape))

    @property
    def state(self) -> Any:
        """The learner and the state of the plateau schedule."""
        return self.learner, self.plateau.state

    def state_template(self, progress: dict[str, Any]) -> Any:
        """The structure of a state file; earlier versions did not save the weights before the last update."""
        return (self.learner if "skipped" in progress else self.learner[:-1]), self.plateau.state

    def restore(self, state: Any) -> None:
        """Continue from a saved state."""
        learner, self.plateau.state = state
        self.learner = _with_previous(*learner)

    def material(self, **changes) -> Material:
        """The current material, with the averaged weights."""
        return current_material(self.metadata, self.learner.average, **changes)

    def record(self) -> dict[str, Any]:
        """The training record of the checkpoint."""
        return texture_record(self)

    def revert_last_update(self) -> None:
        """Restore the weights before the last update, the last ones whose loss was finite."""
        self.learner = without_last_update(self.learner)

    @property
    def evaluation_due(self) -> bool:
        """Whether an evaluation precedes the next iteration."""
        since, every = self.iteration - self.config.schedule.initialisation, self.config.rollout.evaluate_every
        return every > 0 and since >= 0 and since % every == 0

    def evaluate(self) -> float:
        """The loss of whole rollouts with the current weights, which controls the learning rate."""
        began = clock.monotonic()
        loss = rollout_loss(self.config, self.material(), self.features, self.exemplar, self.iteration)
        self.seconds += clock.monotonic() - began
        self.plateau.observe(loss)
        give_memory_back()  # an iteration needs less memory than a rollout
        return loss

    def progress(self, report: TextureReport, rate: Rate, status: Status, **more) -> Progress:
        """The progress after an iteration; see `BaseRun.progress`."""
        loss, distance, overflow, regularisers = map(float, report.result.terms)
        return self.progress_with(
            rate,
            status,
            initialising=report.initialising,
            loss=loss,
            distance=distance,
            overflow=overflow,
            regularisers=regularisers,
            log_intensity=float(report.log_intensity),
            solver_steps=int(report.result.steps),
            learning_rate=report.learning_rate,
            features=self.features.note,
            **more,
        )


def begin_texture_run(
    exemplar: ExemplarFrames,
    config: TrainConfig,
    folder: Path | None,
    resume: bool,
    init_from: Material | None,
    features: FeatureExtractor | None,
    credit: Exemplar | None,
    patience: float = 0.0,
) -> TextureRun:
    """Start or resume a run; arguments and errors as for `trainer.begin`.

    The run holds the lock of its folder: close it.
    """
    metadata = checked_metadata(exemplar, config, init_from, credit)
    if resume and folder is not None:
        config = _with_features_of(folder, config)
    features = load_features(config.data.features) if features is None else features
    if config.data.features == "auto":  # so that a resumed run uses the same features on any machine
        config = config.replace(features=features.name)
    check_training(config, features)
    if config.loss.normalise_maps and config.loss.normalise_over == "exemplar":
        frames = exemplar.frames[even_indices(len(exemplar), min(_NORMALISED_BY, len(exemplar)))]
        features = features.normalised_by(np.float32(frames) / 255)
    held = None if folder is None else hold_run(folder, patience)
    return start_run(lambda: TextureRun(exemplar, config, metadata, features, folder, held, init_from), held, resume)


def _with_previous(parameters, average, optimiser, states, previous=None):
    return Learner(parameters, average, optimiser, states, (parameters, average) if previous is None else previous)


def _with_features_of(folder, config):
    if config.data.features != "auto" or not (folder / RUN).is_file():
        return config
    return config.replace(features=read_request(folder)[0].data.features)
