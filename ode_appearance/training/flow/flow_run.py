"""A training by flow matching: its state, its saves, its reports, and the material that comes of it."""

import dataclasses
import math
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ...config.schema import Exemplar, MaterialConfig
from ...data import ExemplarFrames
from ...models.material import Material
from ...runtime.folder_lock import FolderLock
from ..base_run import BaseRun, begun, checked_metadata
from ..progress import Progress, Rate, Status
from ..run_dir.folder import hold_run
from ..run_dir.record import flow_record
from ..schedule import iteration_key
from ..train_config import TrainConfig
from .exemplar_states import exemplar_states
from .flow_objective import FlowExemplar
from .flow_step import FlowNumbers, FlowStepResult, begin_learning, iterate
from .initial_field import initial_field

RISING = 200
"""Iterations in which the learning rate rises to its full value."""
LAST_SHARE = 0.02
"""The learning rate falls, on half a wave of a cosine, to this share of its full value."""


class FlowReport(NamedTuple):
    """An iteration that was done, to be reported."""

    result: FlowStepResult
    learning_rate: float

    @property
    def finite(self) -> bool:
        """Whether its loss and gradient were finite."""
        return bool(self.result.finite)


class FlowRun(BaseRun):
    """One training by flow matching; it starts from a new network, or from the weights of `init_from`."""

    def __init__(
        self,
        exemplar: ExemplarFrames,
        config: TrainConfig,
        metadata: MaterialConfig,
        folder: Path | None,
        hold: FolderLock | None,
        init_from: Material | None,
    ):
        super().__init__(exemplar, config, metadata, folder, hold)
        self.states = exemplar_states(exemplar, config.model.hidden_channels, config.flow.flow_smoothing)
        self.start = self.states.start.astype(np.float16).astype(np.float32)  # as the checkpoint will hold it
        times = np.float32(metadata.times.warmup), np.float32(metadata.times.duration)
        self.on_device = FlowExemplar(*map(jnp.asarray, (self.states.frames, self.states.times, self.states.code, *times)))
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
        metadata = dataclasses.replace(self.metadata, start="stitched", start_size=(width, height), **changes)
        return Material(self.learner.average, metadata, self.start)

    def record(self) -> dict[str, Any]:
        """The training record of the checkpoint."""
        return flow_record(self)

    def take_back(self) -> None:
        """Nothing: an iteration whose loss is not finite has changed no weights."""

    @property
    def evaluation_due(self) -> bool:
        """Never: the schedule of the learning rate follows the iterations alone."""
        return False

    def evaluate(self) -> float:
        """Not called; see `evaluation_due`."""
        raise NotImplementedError

    def progress(self, report: FlowReport, rate: Rate, status: Status, **more) -> Progress:
        """The report of an iteration; `distance` is the loss of the span."""
        warmup, span, error = (float(value) for value in report.result[:3])
        return self.progress_with(
            rate,
            status,
            initialising=False,
            loss=warmup + span,
            distance=span,
            overflow=0.0,
            regularisers=0.0,
            log_intensity=math.nan,
            solver_steps=0,
            learning_rate=report.learning_rate,
            features="none: velocities are compared",
            warmup_loss=warmup,
            state_error=error,
            **more,
        )


class FlowLearning:
    """One run as the loop goes on with it."""

    def __init__(self, run: FlowRun):
        self.runs = [run]

    def hand_out(self) -> None:
        """It learns by itself."""

    def iterate(self, iteration: int) -> list[FlowReport]:
        """The iteration of that number, waited for."""
        (run,) = self.runs
        rate = learning_rate(run.config, iteration)
        key = iteration_key(run.config, iteration)
        learner, result = iterate(run.learner, run.on_device, run.numbers, key, jnp.float32(rate))
        result = jax.device_get(result)
        run.learner = learner  # not before it was waited for, which may be interrupted
        return [FlowReport(result, rate)]


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
    credit: Exemplar | None,
    patience: float = 0.0,
) -> FlowRun:
    """A run at its beginning, or where it was saved; see `trainer.train` for what it is given and what it raises.

    It has the lock of its folder, for which it waits up to `patience` seconds: close it.
    """
    metadata = checked_metadata(exemplar, config, init_from, credit)
    held = None if folder is None else hold_run(folder, patience)
    return begun(lambda: FlowRun(exemplar, config, metadata, folder, held, init_from), held, resume)
