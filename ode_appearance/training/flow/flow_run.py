"""Runs of the method "flow": flow matching."""

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
from ..base_run import BaseRun, checked_metadata, start_run
from ..progress import Progress, Rate, Status
from ..run_dir.folder import hold_run
from ..run_dir.record import flow_record
from ..schedule import iteration_key
from ..train_config import TrainConfig
from .exemplar_states import exemplar_states
from .flow_objective import FlowExemplar
from .flow_step import FlowNumbers, FlowStepResult, begin_learning, iterate
from .initial_field import initial_field

WARMUP_ITERATIONS = 200
"""Iterations of the linear rise of the learning rate."""
FINAL_SHARE = 0.02
"""The learning rate falls along a half cosine to this share of its maximum."""


class FlowReport(NamedTuple):
    """The result of one iteration with its learning rate."""

    result: FlowStepResult
    learning_rate: float

    @property
    def finite(self) -> bool:
        """Whether its loss and gradient were finite."""
        return bool(self.result.finite)


class FlowRun(BaseRun):
    """One run, from a new network or from the weights of `init_from`."""

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
        self.start = self.states.start.astype(np.float16).astype(np.float32)  # rounded as in the checkpoint
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
        """The learner, with the pool of states."""
        return self.learner

    def state_template(self, progress: dict[str, Any]) -> Any:
        """The structure of a state file."""
        return self.learner

    def restore(self, state: Any) -> None:
        """Continue from a saved state."""
        self.learner = state

    def material(self, **changes) -> Material:
        """The current material, with the averaged weights and a stitched start."""
        height, width = self.start.shape[1:]
        metadata = dataclasses.replace(self.metadata, start="stitched", start_size=(width, height), **changes)
        return Material(self.learner.average, metadata, self.start)

    def record(self) -> dict[str, Any]:
        """The training record of the checkpoint."""
        return flow_record(self)

    def revert_last_update(self) -> None:
        """Nothing to do: an iteration whose loss is not finite changes no weights."""

    @property
    def evaluation_due(self) -> bool:
        """Never: the learning rate depends on the iteration only."""
        return False

    def evaluate(self) -> float:
        """Not called; see `evaluation_due`."""
        raise NotImplementedError

    def progress(self, report: FlowReport, rate: Rate, status: Status, **more) -> Progress:
        """The progress after an iteration; `distance` is the loss of the span."""
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


class FlowRunGroup:
    """The group of one flow matching run."""

    def __init__(self, run: FlowRun):
        self.runs = [run]

    def distribute(self) -> None:
        """Nothing to copy: the run holds its own weights."""

    def iterate(self, iteration: int) -> list[FlowReport]:
        """Compute this iteration; returns when the result is there."""
        (run,) = self.runs
        rate = learning_rate(run.config, iteration)
        key = iteration_key(run.config, iteration)
        learner, result = iterate(run.learner, run.on_device, run.numbers, key, jnp.float32(rate))
        result = jax.device_get(result)
        run.learner = learner  # only after the wait, which may be interrupted
        return [FlowReport(result, rate)]


def learning_rate(config: TrainConfig, iteration: int) -> float:
    """The learning rate of an iteration: a linear rise times a half cosine over all iterations."""
    falling = (1 + math.cos(math.pi * min(iteration / config.schedule.iterations, 1))) / 2
    return (
        config.rate.learning_rate * min(1.0, (iteration + 1) / WARMUP_ITERATIONS) * (FINAL_SHARE + (1 - FINAL_SHARE) * falling)
    )


def begin_flow_run(
    exemplar: ExemplarFrames,
    config: TrainConfig,
    folder: Path | None,
    resume: bool,
    init_from: Material | None,
    credit: Exemplar | None,
    patience: float = 0.0,
) -> FlowRun:
    """Start or resume a run; arguments and errors as for `trainer.begin`.

    The run holds the lock of its folder: close it.
    """
    metadata = checked_metadata(exemplar, config, init_from, credit)
    held = None if folder is None else hold_run(folder, patience)
    return start_run(lambda: FlowRun(exemplar, config, metadata, folder, held, init_from), held, resume)
