"""The trainer: a generator that learns from an exemplar and reports its progress."""

import contextlib
import dataclasses
import time as clock
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Literal

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from .. import device
from ..checkpoint import check_config, save
from ..config import Exemplar, MaterialConfig, Times
from ..errors import RequestError, TrainingError
from ..exemplar import ExemplarFrames
from ..features import FeatureExtractor, load_features
from ..material import Material, new_material
from .config import TrainConfig
from .folder import MATERIAL, RUN, read_request, read_state, write_request, write_state
from .plateau import Plateau
from .rollout import current_material, preview, rollout_loss
from .schedule import annealed, iteration_key, segment
from .step import Outcome, Parameters, begin_learning, iterate, step_config
from .targets import Targets

WARMUP_SHARE = 0.2
"""Length of the warm-up over the exemplar's duration, as published."""

Status = Literal["running", "finished", "stopped", "not finite"]


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
    features: str = ""  # which they are, and why
    evaluation: float | None = None  # loss of whole rollouts, where one was made
    preview: Float[np.ndarray, "times 3 s s"] | None = None  # at times over the span, where one was made
    material: Material | None = None  # where it was saved, and at the end
    status: Status = "running"

    @property
    def notable(self) -> bool:
        """Whether the iteration has more to tell than its losses: an evaluation, a preview or the end."""
        return self.evaluation is not None or self.preview is not None or self.status != "running"


def train(
    exemplar: ExemplarFrames,
    config: TrainConfig,
    *,
    out: Path | str | None = None,
    resume: bool = False,
    init_from: Material | None = None,
    features: FeatureExtractor | None = None,
    credit: Exemplar | None = None,
    stop: Callable[[], bool] = lambda: False,
    max_minutes: float = float("inf"),
) -> Generator[Progress, None, None]:
    """Train a material on an exemplar; yields after every iteration, last with the material and how the run ended.

    With `out`, the run saves itself there every `config.save_every` seconds and at its end, whole or not at all; `resume`
    goes on from what was saved, to the weights that an uninterrupted run would have; without it, a folder that holds a run
    is refused. `init_from` starts from another
    material's weights. `features` replaces those that the config names; `credit` says where the exemplar comes from.

    Raises TrainingError for an exemplar or a material that does not fit, or a folder that cannot be used.
    """
    folder = None if out is None else Path(out)
    _check(exemplar, config, init_from)
    if resume and folder is not None:
        config = _with_features_of(folder, config)
    features = load_features(config.features) if features is None else features
    if config.features == "auto":  # a run keeps to what it began with, wherever it goes on
        config = dataclasses.replace(config, features=features.name)
    sizes = exemplar.size, config.state_size
    if len(features.shapes(sizes[0], sizes[0])) != len(features.shapes(sizes[1], sizes[1])):
        raise TrainingError(f"{features.name} features of states of {sizes[1]} pixels and of the exemplar do not compare.")
    facts = _facts(exemplar, config, credit or Exemplar(exemplar.name, real_duration=exemplar.real_duration))
    run = _Run(exemplar, config, facts, features, folder)
    run.begin(resume, init_from)
    return run.go(stop, max_minutes)


def check_training(config: TrainConfig) -> None:
    """Raise TrainingError or ConfigError for a config that no exemplar can be trained with."""
    if (config.kind == "svbrdf") != (config.brdf is not None):
        raise TrainingError("A BRDF model is needed for an SVBRDF, and for nothing else.")
    if config.state_size % config.architecture.downsampling:
        raise TrainingError(f"The state size has to be a multiple of {config.architecture.downsampling}.")
    if not any(config.map_weights):
        raise TrainingError("All maps have the weight 0: there is nothing to learn from.")
    if config.crops > 1 and config.kind == "rgb":
        raise TrainingError("Crops are for SVBRDFs: an RGB texture looks the same at every place.")
    check_config(MaterialConfig("trained", config.kind, config.brdf, config.architecture))


def _check(exemplar, config, init_from):
    if exemplar.kind != config.kind:
        raise TrainingError(f"{exemplar.name} was read as {exemplar.kind}, but is to be trained as {config.kind}.")
    if config.state_size > exemplar.size:
        raise TrainingError(f"States of {config.state_size} pixels are larger than the exemplar's {exemplar.size}.")
    check_training(config)
    if init_from is not None and init_from.config.architecture != config.architecture:
        raise TrainingError(
            f"{init_from.name} has another architecture ({init_from.config.architecture}) than this training "
            f"({config.architecture}); give the same dim, dim_mults, attention and BRDF model."
        )


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


class _Run:
    """One training: what stays the same, and what moves."""

    def __init__(self, exemplar, config, facts, features, folder):
        self.exemplar, self.config, self.facts, self.features, self.folder = exemplar, config, facts, features, folder
        self.targets = Targets(exemplar, features)
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
                self.check_exemplar()
                (self.learner, self.plateau.state), progress = saved
                self.iteration, self.seconds, self.origin = (progress[key] for key in ("iteration", "seconds", "origin"))
                return
        frames = {"frames": len(self.exemplar), "duration": self.exemplar.duration, "digest": self.exemplar.digest}
        write_request(self.folder, config, {**dataclasses.asdict(self.facts.exemplar), **frames})

    def check_exemplar(self):
        """Refuse to go on with other frames than those that the run began with."""
        began_with = read_request(self.folder)[1]
        if began_with.get("digest", self.exemplar.digest) != self.exemplar.digest:
            name = began_with.get("name", "its exemplar")
            raise TrainingError(f"The run in {self.folder}, of {name}, began with other frames or times: it needs those again.")

    def go(self, stop, max_minutes) -> Generator[Progress, None, None]:
        began = saved = clock.monotonic()
        rate = _Rate()
        status: Status = "running" if self.iteration < self.config.iterations else "finished"
        unsaved = False
        try:
            while status == "running":
                evaluation = self.evaluate_if_due()
                learning_rate = self.plateau.learning_rate * annealed(self.config, self.iteration)
                lap = clock.monotonic()
                initialising, outcome = self.one_iteration(learning_rate)
                if not bool(outcome.finite):
                    status = "not finite"
                else:
                    self.iteration += 1
                    unsaved = True
                now = clock.monotonic()
                rate.observe(now - lap)
                self.seconds += now - lap
                if self.iteration >= self.config.iterations:
                    status = "finished"
                elif stop() or now - began > 60 * max_minutes:
                    status = "stopped" if status == "running" else status
                material = pictures = None
                if status != "running" or (self.folder and now - saved > self.config.save_every):
                    material = self.save()
                    saved, unsaved = clock.monotonic(), False
                if self.iteration % self.config.preview_every == 0 and status != "not finite":
                    pictures = preview(current_material(self.facts, self.learner.average), self.config.state_size)
                yield self.progress(initialising, outcome, learning_rate, rate, evaluation, pictures, material, status)
        finally:
            if unsaved and self.folder is not None:
                self.save_state()

    def one_iteration(self, learning_rate) -> tuple[bool, Outcome]:
        config, times = self.config, self.facts.times
        piece = segment(config, times, self.iteration)
        if self.iteration == config.initialisation > 0:
            self.learner = begin_learning(self.learner.parameters, self.learner.states)
        self.learner, outcome = iterate(
            self.learner,
            step_config(config, self.iteration),
            self.facts,
            self.features,
            piece.initialising,
            jnp.array(piece.fresh),
            iteration_key(config, self.iteration),
            jnp.float32(piece.start),
            jnp.float32(piece.end),
            self.targets.at(piece.end),
            jnp.float32(learning_rate),
        )
        return piece.initialising, outcome

    def evaluate_if_due(self) -> float | None:
        """Evaluate on whole rollouts, every so often once the initialisation is over, and let the rate follow."""
        since = self.iteration - self.config.initialisation
        if since < 0 or since % self.config.evaluate_every:
            return None
        material = current_material(self.facts, self.learner.average)
        began = clock.monotonic()
        loss = rollout_loss(self.config, material, self.features, self.exemplar)
        self.seconds += clock.monotonic() - began
        self.plateau.observe(loss)
        return loss

    def save_state(self):
        progress = {"iteration": self.iteration, "seconds": self.seconds, "origin": self.origin}
        write_state(self.folder, (self.learner, self.plateau.state), progress)

    def save(self) -> Material:
        """Save the run, then the material as it is; returns the material."""
        material = current_material(self.facts, self.learner.average, training=self.record())
        if self.folder is not None:
            self.save_state()
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
            "maps_normalised": config.normalise_maps,
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

    def progress(self, initialising, outcome, learning_rate, rate, evaluation, pictures, material, status) -> Progress:
        terms = jax.tree.map(float, outcome.terms)
        return Progress(
            self.iteration,
            self.config.iterations,
            initialising,
            *terms,
            log_intensity=float(self.learner.parameters.log_intensity),
            solver_steps=int(outcome.steps),
            learning_rate=learning_rate,
            rate=rate.per_second,
            seconds=self.seconds,
            seconds_left=(self.config.iterations - self.iteration) / max(rate.per_second, 1e-9),
            features=self.features.note,
            evaluation=evaluation,
            preview=pictures,
            material=material,
            status=status,
        )


def _steps_taken(config):
    """How the segments were integrated, for the record."""
    adaptive = f"adaptive, tolerance {config.tolerance:g}"
    if not config.coarsest_step:
        return f"{config.method}, {adaptive}"
    steps = f"{config.method}, steps of {config.coarsest_step / 4:g} to {config.coarsest_step:g}"
    return f"{steps}, {adaptive} in the last {config.refining:.0%} of iterations" if config.refining else steps


class _Rate:
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
