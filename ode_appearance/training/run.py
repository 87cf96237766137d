"""One training: what stays the same, what moves, and the folder that both are kept in."""

import contextlib
import dataclasses
import time as clock
from pathlib import Path
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..allocation import give_memory_back
from ..checkpoint import checked_facts, save
from ..config import Exemplar, MaterialConfig, Times
from ..errors import RequestError, TrainingError
from ..exemplar import ExemplarFrames
from ..exemplar.frames import evenly
from ..features import FeatureExtractor, load_features
from ..material import Material, new_material
from .checks import check_fit, check_training
from .config import TrainConfig
from .folder import (
    MATERIAL,
    RUN,
    hold_run,
    material_iteration,
    read_request,
    read_state,
    refuse_run,
    write_request,
    write_state,
)
from .memory import check_training_memory
from .plateau import Plateau
from .progress import Progress, Rate, Status
from .record import training_record
from .rollout import current_material, preview, rollout_loss
from .step import Learner, Outcome, Parameters, begin_learning, without_last_update
from .targets import Targets

WARMUP_SHARE = 0.2
"""Length of the warm-up over the exemplar's duration, as published."""
_NORMALISED_BY = 10
"""So many frames of the exemplar show how large its feature maps are."""


class Done(NamedTuple):
    """An iteration that was done, to be reported."""

    initialising: bool
    outcome: Outcome
    learning_rate: float
    log_intensity: Float[Array, ""]


class Run:
    """One training: what stays the same, and what moves. It has the lock of its folder until it is closed."""

    def __init__(self, exemplar, config, facts, features, folder, hold):
        self.exemplar, self.config, self.facts, self.features, self.folder = exemplar, config, facts, features, folder
        self.targets = Targets(exemplar, features, config.target_precision)
        self.plateau = Plateau(config)
        self.iteration, self.seconds, self.origin = 0, 0.0, ""
        self.skipped, self.skipped_in_row = 0, 0
        self._hold = hold

    def close(self) -> None:
        """Give the lock of its folder back."""
        if self._hold is not None:
            self._hold.close()

    def begin(self, resume, init_from):
        """From noise, from another material, or from where the run was saved."""
        config = self.config
        start = init_from or new_material(self.facts, config.seed)
        parameters = Parameters(start.vector_field, jnp.float32(start.config.light.log_intensity))
        shape = (config.batch, config.architecture.channels, config.state_size, config.state_size)
        self.learner = begin_learning(parameters, jnp.zeros(shape))
        self.origin = "" if init_from is None else init_from.name
        if self.folder is None:
            return
        if resume:
            saved = read_state(self.folder, self._like)
            if saved is not None:
                facts = self.check_exemplar()
                (learner, self.plateau.state), progress = saved
                self.learner = _with_previous(*learner)
                self.iteration, self.seconds, self.origin = (progress[key] for key in ("iteration", "seconds", "origin"))
                self.skipped, self.skipped_in_row = (progress.get(key, 0) for key in ("skipped", "skipped_in_row"))
                if self.gave_up:  # and is asked to try again
                    self.skipped_in_row = 0
                if self.iteration < config.iterations:  # else nothing is asked of it
                    write_request(self.folder, config, facts)
                return
        refuse_run(self.folder)
        frames = {"frames": len(self.exemplar), "duration": self.exemplar.duration, "digest": self.exemplar.digest}
        write_request(self.folder, config, {**dataclasses.asdict(self.facts.exemplar), **frames})

    def _like(self, progress):
        """What a state file holds; of runs of earlier versions, without the weights before the last update."""
        return (self.learner if "skipped" in progress else self.learner[:-1]), self.plateau.state

    def check_exemplar(self) -> dict:
        """The facts of the exemplar that the run began with; refuses to go on with other frames."""
        began_with = read_request(self.folder)[1]
        if began_with.get("digest", self.exemplar.digest) != self.exemplar.digest:
            name = began_with.get("name", "its exemplar")
            raise TrainingError(f"The run in {self.folder}, of {name}, began with other frames or times: it needs those again.")
        return began_with

    def count(self, finite: bool) -> None:
        """Count an iteration, and whether it was skipped because its loss or gradient was not finite."""
        self.iteration += 1
        self.skipped += not finite
        self.skipped_in_row = 0 if finite else self.skipped_in_row + 1

    @property
    def gave_up(self) -> bool:
        """Whether it has skipped as many iterations in a row as it may."""
        return self.skipped_in_row >= self.config.most_skipped

    def take_back(self) -> None:
        """Go back to the weights before the last update, the last ones whose loss was finite."""
        self.learner = without_last_update(self.learner)

    @property
    def evaluation_due(self) -> bool:
        """Whether it is to be evaluated before its next iteration."""
        since, every = self.iteration - self.config.initialisation, self.config.evaluate_every
        return every > 0 and since >= 0 and since % every == 0

    @property
    def preview_due(self) -> bool:
        """Whether its last iteration is to be followed by a preview."""
        return self.config.preview_every > 0 and self.iteration % self.config.preview_every == 0

    def evaluate(self) -> float:
        """The loss of whole rollouts as they are now, which the learning rate follows."""
        material = current_material(self.facts, self.learner.average)
        began = clock.monotonic()
        loss = rollout_loss(self.config, material, self.features, self.exemplar, self.iteration)
        self.seconds += clock.monotonic() - began
        self.plateau.observe(loss)
        give_memory_back()  # an iteration needs less of it
        return loss

    def save_state(self) -> None:
        """Save where it stands, if it has a folder."""
        if self.folder is None:
            return
        names = ("iteration", "seconds", "origin", "skipped", "skipped_in_row")
        progress = {name: getattr(self, name) for name in names}
        write_state(self.folder, (self.learner, self.plateau.state), progress)

    def save(self) -> Material:
        """Save the run, then the material as it is; returns the material."""
        self.save_state()
        return self._save_material()

    def save_material_if_older(self) -> None:
        """Save the material where a process that was killed between the state and the material left none or an older one."""
        if self.folder is not None and material_iteration(self.folder) != self.iteration:
            self._save_material()

    def _save_material(self):
        material = current_material(self.facts, self.learner.average, training=training_record(self))
        if self.folder is not None:
            # A material that cannot be solved yet has no preview, and is no use to anybody; the run has its weights.
            with contextlib.suppress(RequestError):
                save(material, self.folder / MATERIAL)
        return material

    def preview_if_due(self) -> Float[np.ndarray, "times 3 s s"] | None:
        """Pictures of the material as it is, every so often."""
        if not self.preview_due:
            return None
        pictures = preview(current_material(self.facts, self.learner.average), self.config.state_size)
        give_memory_back()
        return pictures

    def progress(self, done: Done, rate: Rate, status: Status, **more) -> Progress:
        """The report of an iteration; `more` are an evaluation, a preview and a saved material, where there are any."""
        return Progress(
            self.iteration,
            self.config.iterations,
            done.initialising,
            *map(float, done.outcome.terms),
            log_intensity=float(done.log_intensity),
            solver_steps=int(done.outcome.steps),
            learning_rate=done.learning_rate,
            rate=rate.per_second,
            seconds=self.seconds,
            seconds_left=(self.config.iterations - self.iteration) / max(rate.per_second, 1e-9),
            skipped=self.skipped,
            features=self.features.note,
            status=status,
            **more,
        )


def begin_run(
    exemplar: ExemplarFrames,
    config: TrainConfig,
    folder: Path | None,
    resume: bool,
    init_from: Material | None,
    features: FeatureExtractor | None,
    credit: Exemplar | None,
    patience: float = 0.0,
) -> Run:
    """A run at its beginning, or where it was saved; see `trainer.train` for what it is given and what it raises.

    It has the lock of its folder, for which it waits up to `patience` seconds: close it.
    """
    check_fit(exemplar, config, init_from)
    facts = _facts(exemplar, config, credit or Exemplar(exemplar.name, real_duration=exemplar.real_duration))
    checked_facts(facts)
    check_training_memory(config)
    if resume and folder is not None:
        config = _with_features_of(folder, config)
    features = load_features(config.features) if features is None else features
    if config.features == "auto":  # a run keeps to what it began with, wherever it goes on
        config = dataclasses.replace(config, features=features.name)
    check_training(config, features)
    if config.normalise_maps and config.normalise_over == "exemplar":
        frames = exemplar.frames[evenly(len(exemplar), min(_NORMALISED_BY, len(exemplar)))]
        features = features.normalised_by(np.float32(frames) / 255)
    run = Run(exemplar, config, facts, features, folder, None if folder is None else hold_run(folder, patience))
    try:
        run.begin(resume, init_from)
    except BaseException:
        run.close()
        raise
    return run


def _with_previous(parameters, average, optimiser, states, previous=None):
    return Learner(parameters, average, optimiser, states, (parameters, average) if previous is None else previous)


def _with_features_of(folder, config):
    if config.features != "auto" or not (folder / RUN).is_file():
        return config
    return dataclasses.replace(config, features=read_request(folder)[0].features)


def _facts(exemplar, config, credit):
    times = Times(WARMUP_SHARE * exemplar.duration, exemplar.duration, exemplar.frame_interval, len(exemplar))
    return MaterialConfig(
        exemplar.name,
        config.kind,
        config.brdf,
        config.architecture,
        times,
        config.solver,
        config.normals,
        exemplar=credit,
    )
