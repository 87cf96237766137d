"""The trainer: a generator that learns from an exemplar and reports its progress."""

import contextlib
from collections.abc import Callable, Generator
from pathlib import Path

import jax
import jax.numpy as jnp

from ..config.schema import Exemplar
from ..data import ExemplarFrames
from ..models.material import Material
from ..perceptual.features import FeatureExtractor
from .loop import Learning, go_on
from .progress import Progress
from .schedule import annealed, segment, traced
from .texture.step import begin_learning, iterate
from .texture.step_config import step_config
from .texture.texture_run import TextureReport, TextureRun, begin_texture_run
from .train_config import TrainConfig


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

    With `out`, the run saves itself there every `config.saving.save_every` seconds and at its end, atomically; `resume`
    continues from what was saved, to the weights that an uninterrupted run of the same numbers would have; without it, a folder
    that holds a run is refused. `init_from` starts from another material's weights. `features` replaces those that the config
    names; `credit` says where the exemplar comes from.

    Raises TrainingError for an exemplar or a material that does not fit, for what takes more memory than is free, or a folder
    that cannot be used.
    """
    learning = begin(exemplar, config, None if out is None else Path(out), resume, init_from, features, credit)
    return _to_the_end(learning, stop, max_minutes)


def begin(
    exemplar: ExemplarFrames,
    config: TrainConfig,
    folder: Path | None,
    resume: bool,
    init_from: Material | None,
    features: FeatureExtractor | None,
    credit: Exemplar | None,
    patience: float = 0.0,
) -> Learning:
    """One run by the method of its config, begun or gone on with, as the loop takes it; the caller closes the run.

    It waits up to `patience` seconds for the lock of its folder. Raises what `train` raises.
    """
    if config.method == "flow":
        from .flow.flow_run import FlowLearning, begin_flow_run

        return FlowLearning(begin_flow_run(exemplar, config, folder, resume, init_from, credit, patience))
    return _Alone(begin_texture_run(exemplar, config, folder, resume, init_from, features, credit, patience))


def _to_the_end(learning, stop, max_minutes):
    (run,) = learning.runs
    with contextlib.closing(run):
        yield from train_alone(learning, stop, max_minutes)


def train_alone(learning: Learning, stop: Callable[[], bool], max_minutes: float) -> Generator[Progress, None, None]:
    """What `train` yields, of a run that was begun, and that the caller closes."""
    # The reports are closed with this generator, not sometime later: the run is saved then.
    with contextlib.closing(go_on(learning, stop, max_minutes)) as reports:
        for (report,) in reports:
            yield report


class _Alone:
    """One run as the loop goes on with it."""

    def __init__(self, run: TextureRun):
        self.runs = [run]

    def hand_out(self) -> None:
        """It learns by itself."""

    def iterate(self, iteration: int) -> list[TextureReport]:
        """The iteration of that number."""
        (run,) = self.runs
        config, metadata = run.config, run.metadata
        learning_rate = run.plateau.learning_rate * annealed(config, iteration)
        piece = segment(config, metadata.times, iteration)
        if iteration == config.schedule.initialisation > 0:
            run.learner = begin_learning(run.learner.parameters, run.learner.states)
        learner, result = iterate(
            run.learner,
            step_config(config, iteration),
            metadata,
            run.features,
            *traced(config, iteration, piece),
            run.targets.at(piece.end),
            jnp.float32(learning_rate),
            jnp.float32(-metadata.times.warmup),
        )
        result, log_intensity = jax.device_get((result, learner.parameters.log_intensity))
        run.learner = learner  # not before it was waited for, which may be interrupted
        return [TextureReport(piece.initialising, result, learning_rate, log_intensity)]
