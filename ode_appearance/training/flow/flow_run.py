"""A training by flow matching: its state, its saves, its reports, and the material that comes of it."""

import dataclasses
import math
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...checkpoints.checkpoint import validated_config
from ...config.schema import Exemplar as Credit
from ...config.schema import MaterialConfig
from ...data import ExemplarFrames
from ...models.material import Material
from ...runtime import device
from ...runtime.folder_lock import FolderLock
from ..base_run import BaseRun, begun, initial_facts
from ..checks import check_fit
from ..progress import Progress, Rate, Status
from ..run_dir.folder import hold_run
from ..schedule import iteration_key
from ..train_config import TrainConfig
from .exemplar_states import exemplar_states
from .flow_objective import Exemplar
from .flow_step import FlowNumbers, Outcome, begin_learning, iterate
from .initial_field import initial_field

RISING = 200
"""Iterations in which the learning rate rises to its full value."""
LAST_SHARE = 0.02
"""The learning rate falls, on half a wave of a cosine, to this share of its full value."""


class Done(NamedTuple):
    """An iteration that was done, to be reported."""

    outcome: Outcome
    learning_rate: float

    @property
    def finite(self) -> bool:
        """Whether its loss and gradient were finite."""
        return bool(self.outcome.finite)


class FlowRun(BaseRun):
    """One training by flow matching; it starts from a new network, or from the weights of `init_from`."""

    def __init__(
        self,
        exemplar: ExemplarFrames,
        config: TrainConfig,
        facts: MaterialConfig,
        folder: Path | None,
        hold: FolderLock | None,
        init_from: Material | None,
    ):
        super().__init__(exemplar, config, facts, folder, hold)
        self.states = exemplar_states(exemplar, config.model.hidden_channels, config.flow.flow_smoothing)
        self.start = self.states.start.astype(np.float16).astype(np.float32)  # as the checkpoint will hold it
        times = np.float32(facts.times.warmup), np.float32(facts.times.duration)
        self.on_device = Exemplar(*map(jnp.asarray, (self.states.frames, self.states.times, self.states.code, *times)))
        self.numbers = FlowNumbers(
            config.data.state_size,
            config.data.batch - config.flow.flow_warmups,
            config.flow.flow_warmups,
            config.flow.flow_pull,
            config.flow.flow_noise,
            config.flow.flow_step * exemplar.duration,
            config.optimiser.averaging,
        )
        self.origin = "" if init_from is None else init_from.name
        field = initial_field(config.architecture, config.seed) if init_from is None else init_from.vector_field
        pool_key = jax.random.fold_in(jax.random.PRNGKey(config.seed), config.schedule.iterations)
        self.learner = begin_learning(field, self.on_device, self.numbers, config.flow.flow_pool, pool_key)

    @property
    def state(self) -> Any:
        """What is learnt, and the pool of states."""
        return self.learner

    def like(self, progress: dict[str, Any]) -> Any:
        """What a state file holds."""
        return self.learner

    def restore(self, state: Any) -> None:
        """Go on from a saved state."""
        self.learner = state

    def material(self, **changes) -> Material:
        """The material as it is now, of the averaged weights; it starts from a stitched state."""
        height, width = self.start.shape[1:]
        facts = dataclasses.replace(self.facts, start="stitched", start_size=(width, height), **changes)
        return Material(self.learner.average, facts, self.start)

    def record(self) -> dict[str, Any]:
        """The training record of the checkpoint."""
        config = self.config
        record = {
            "method": "flow matching",
            "iterations": self.iteration,
            "minutes": round(self.seconds / 60, 1),
            "machine": device.description(),
            "state_size": config.data.state_size,
            "exemplar_size": config.data.exemplar_size,
            "batch": config.data.batch,
            "warmup_samples": config.flow.flow_warmups,
            "pull": config.flow.flow_pull,
            "noise": config.flow.flow_noise,
            "smoothing": config.flow.flow_smoothing,
            "hidden_channels": config.model.hidden_channels,
            "history_explained_by_code": round(self.states.explained, 3),
            "learning_rate": config.rate.learning_rate,
            "averaging": config.optimiser.averaging,
            "seed": config.seed,
        }
        if self.skipped:
            record["skipped_iterations"] = self.skipped
        if self.origin:
            record["started_from"] = self.origin
        return record

    def take_back(self) -> None:
        """Nothing: an iteration whose loss is not finite has changed no weights."""

    @property
    def evaluation_due(self) -> bool:
        """Never: the schedule of the learning rate follows the iterations alone."""
        return False

    def evaluate(self) -> float:
        """Not called; see `evaluation_due`."""
        raise NotImplementedError

    def progress(self, done: Done, rate: Rate, status: Status, **more) -> Progress:
        """The report of an iteration; `distance` is the loss of the span."""
        warmup, span, error = (float(value) for value in done.outcome[:3])
        return Progress(
            self.iteration,
            self.config.schedule.iterations,
            False,
            loss=warmup + span,
            distance=span,
            overflow=0.0,
            regularisers=0.0,
            log_intensity=math.nan,
            solver_steps=0,
            learning_rate=done.learning_rate,
            rate=rate.per_second,
            seconds=self.seconds,
            seconds_left=(self.config.schedule.iterations - self.iteration) / max(rate.per_second, 1e-9),
            skipped=self.skipped,
            features="none: velocities are compared",
            warmup_loss=warmup,
            state_error=error,
            status=status,
            **more,
        )


class FlowLearning:
    """One run as the loop goes on with it."""

    def __init__(self, run: FlowRun):
        self.runs = [run]

    def hand_out(self) -> None:
        """It learns by itself."""

    def iterate(self, iteration: int) -> list[Done]:
        """The iteration of that number, waited for."""
        (run,) = self.runs
        rate = learning_rate(run.config, iteration)
        key = iteration_key(run.config, iteration)
        learner, outcome = iterate(run.learner, run.on_device, run.numbers, key, jnp.float32(rate))
        outcome = jax.device_get(outcome)
        run.learner = learner  # not before it was waited for, which may be interrupted
        return [Done(outcome, rate)]


def learning_rate(config: TrainConfig, iteration: int) -> float:
    """The learning rate of an iteration: it rises on a line, then falls as a cosine over all iterations."""
    falling = (1 + math.cos(math.pi * min(iteration / config.schedule.iterations, 1))) / 2
    return config.rate.learning_rate * min(1.0, (iteration + 1) / RISING) * (LAST_SHARE + (1 - LAST_SHARE) * falling)


def begin_flow_run(
    exemplar: ExemplarFrames,
    config: TrainConfig,
    folder: Path | None,
    resume: bool,
    init_from: Material | None,
    credit: Credit | None,
    patience: float = 0.0,
) -> FlowRun:
    """A run at its beginning, or where it was saved; see `trainer.train` for what it is given and what it raises.

    It has the lock of its folder, for which it waits up to `patience` seconds: close it.
    """
    check_fit(exemplar, config, init_from)
    facts = initial_facts(exemplar, config, credit)
    validated_config(facts)
    held = None if folder is None else hold_run(folder, patience)
    return begun(lambda: FlowRun(exemplar, config, facts, folder, held, init_from), held, resume)
