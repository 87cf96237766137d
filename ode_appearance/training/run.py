"""One training: what stays the same, what moves, and the folder that both are kept in."""

import contextlib
import dataclasses
import time as clock
from pathlib import Path
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .. import device
from ..allocation import give_memory_back
from ..checkpoint import save
from ..config import Exemplar, MaterialConfig, Times
from ..errors import RequestError, TrainingError
from ..exemplar import ExemplarFrames
from ..exemplar.frames import evenly
from ..features import FeatureExtractor, load_features
from ..material import Material, new_material
from .checks import check_fit
from .config import TrainConfig
from .folder import MATERIAL, RUN, read_request, read_state, refuse_run, write_request, write_state
from .memory import check_training_memory
from .plateau import Plateau
from .progress import Progress, Rate, Status
from .rollout import current_material, preview, rollout_loss
from .step import Outcome, Parameters, begin_learning
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
    """One training: what stays the same, and what moves."""

    def __init__(self, exemplar, config, facts, features, folder):
        self.exemplar, self.config, self.facts, self.features, self.folder = exemplar, config, facts, features, folder
        self.targets = Targets(exemplar, features, config.target_precision)
        self.plateau = Plateau(config)
        self.iteration, self.seconds, self.origin = 0, 0.0, ""

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
            saved = read_state(self.folder, (self.learner, self.plateau.state))
            if saved is not None:
                facts = self.check_exemplar()
                (self.learner, self.plateau.state), progress = saved
                self.iteration, self.seconds, self.origin = (progress[key] for key in ("iteration", "seconds", "origin"))
                if self.iteration < config.iterations:  # else nothing is asked of it
                    write_request(self.folder, config, facts)
                return
        refuse_run(self.folder)
        frames = {"frames": len(self.exemplar), "duration": self.exemplar.duration, "digest": self.exemplar.digest}
        write_request(self.folder, config, {**dataclasses.asdict(self.facts.exemplar), **frames})

    def check_exemplar(self) -> dict:
        """The facts of the exemplar that the run began with; refuses to go on with other frames."""
        began_with = read_request(self.folder)[1]
        if began_with.get("digest", self.exemplar.digest) != self.exemplar.digest:
            name = began_with.get("name", "its exemplar")
            raise TrainingError(f"The run in {self.folder}, of {name}, began with other frames or times: it needs those again.")
        return began_with

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
        progress = {"iteration": self.iteration, "seconds": self.seconds, "origin": self.origin}
        write_state(self.folder, (self.learner, self.plateau.state), progress)

    def save(self) -> Material:
        """Save the run, then the material as it is; returns the material."""
        material = current_material(self.facts, self.learner.average, training=self.record())
        self.save_state()
        if self.folder is not None:
            # A material that cannot be solved yet has no preview, and is no use to anybody; the run has its weights.
            with contextlib.suppress(RequestError):
                save(material, self.folder / MATERIAL)
        return material

    def record(self) -> dict:
        """The training record of the checkpoint."""
        config = self.config
        record = {
            "iterations": self.iteration,
            "minutes": round(self.seconds / 60, 1),
            "machine": device.description(),
            "features": self.features.note,
            "map_weights": list(config.map_weights),
            "maps_normalised": _normalisation(config),
            "loss": config.loss,
            "solver": _steps_taken(config),
            "state_size": config.state_size,
            "exemplar_size": config.exemplar_size,
            "batch": config.batch,
            "learning_rate": config.learning_rate,
            "annealing": config.annealing,
            "averaging": config.averaging,
            "seed": config.seed,
        }
        if config.kind == "svbrdf":
            record |= {"initialisation_iterations": config.initialisation, "crops": config.crops}
        if self.origin:
            record["started_from"] = self.origin
        return record

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
) -> Run:
    """A run at its beginning, or where it was saved; see `trainer.train` for what it is given and what it raises."""
    check_fit(exemplar, config, init_from)
    check_training_memory(config)
    if resume and folder is not None:
        config = _with_features_of(folder, config)
    features = load_features(config.features) if features is None else features
    if config.features == "auto":  # a run keeps to what it began with, wherever it goes on
        config = dataclasses.replace(config, features=features.name)
    sizes = exemplar.size, config.state_size
    if len(features.shapes(sizes[0], sizes[0])) != len(features.shapes(sizes[1], sizes[1])):
        raise TrainingError(f"{features.name} features of states of {sizes[1]} pixels and of the exemplar do not compare.")
    if config.normalise_maps and config.normalise_over == "exemplar":
        frames = exemplar.frames[evenly(len(exemplar), min(_NORMALISED_BY, len(exemplar)))]
        features = features.normalised_by(np.float32(frames) / 255)
    facts = _facts(exemplar, config, credit or Exemplar(exemplar.name, real_duration=exemplar.real_duration))
    run = Run(exemplar, config, facts, features, folder)
    run.begin(resume, init_from)
    return run


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


def _normalisation(config):
    """How feature maps were brought to one size, for the record."""
    over = {"frame": "of each frame", "exemplar": "over ten frames"}[config.normalise_over]
    return f"by their root mean squares {over}" if config.normalise_maps else "no"


def _steps_taken(config):
    """How the segments were integrated, for the record."""
    adaptive = f"adaptive, tolerance {config.tolerance:g}"
    if not config.coarsest_step:
        return f"{config.method}, {adaptive}"
    steps = f"{config.method}, steps of {config.coarsest_step / 4:g} to {config.coarsest_step:g}"
    return f"{steps}, {adaptive} in the last {config.refining:.0%} of iterations" if config.refining else steps
