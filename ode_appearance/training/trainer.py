"""The trainer: a generator that trains a material on an exemplar and yields its progress."""

import contextlib
from collections.abc import Callable, Generator
from pathlib import Path

import jax
import jax.numpy as jnp

from ..config.schema import Exemplar
from ..data import ExemplarFrames
from ..models.material import Material
from ..perceptual.features import FeatureExtractor
from .loop import RunGroup, run_loop
from .progress import Progress
from .schedule import annealing_factor, segment, step_inputs
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
    """Train a material on an exemplar.

    Args:
        exemplar: the time-lapse.
        config: the options; see `preset`.
        out: folder of the run, which is saved there atomically every `config.saving.save_every` seconds and at its end.
        resume: continue the run saved in `out`, to the weights of an uninterrupted run with the same options.
        init_from: material whose weights the training starts from.
        features: feature extractor, in place of the one that the config names.
        credit: source of the exemplar, for the material's metadata.
        stop: called after each iteration; the run is saved and ends once it returns True.
        max_minutes: maximum duration of this call; the run can be resumed.

    Yields:
        Progress after every iteration; the last one has the material and the final status.

    Raises:
        TrainingError: the exemplar or `init_from` does not fit, there is too little free memory, `out` holds a run and
            `resume` is False, or `out` cannot be used.

    Example:
        >>> import pathlib, tempfile
        >>> import PIL.Image
        >>> import ode_appearance as oa
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "paint.gif"
        >>> frames = [PIL.Image.new("RGB", (64, 64), (level, 0, 0)) for level in range(0, 256, 32)]
        >>> frames[0].save(file, save_all=True, append_images=frames[1:])
        >>> exemplar = oa.load_exemplar(file, "rgb", size=64)
        >>> tiny = {"dim": 4, "dim_mults": (1,), "hidden_channels": 1, "attention": None, "state_size": 32}
        >>> config = oa.preset("flow").replace(iterations=1, **tiny)
        >>> *_, last = oa.train(exemplar, config)
        >>> last.status, last.material.name
        ('finished', 'paint')
    """
    group = begin(exemplar, config, None if out is None else Path(out), resume, init_from, features, credit)
    return _train_and_close(group, stop, max_minutes)


def begin(
    exemplar: ExemplarFrames,
    config: TrainConfig,
    folder: Path | None,
    resume: bool,
    init_from: Material | None,
    features: FeatureExtractor | None,
    credit: Exemplar | None,
    patience: float = 0.0,
) -> RunGroup:
    """Start or resume one run, for `train_alone`; the caller closes the run.

    Args:
        patience: seconds to wait for the lock of the folder. The others are those of `train`.

    Raises:
        TrainingError: as `train`.
    """
    if config.method == "flow":
        from .flow.flow_run import FlowRunGroup, begin_flow_run

        return FlowRunGroup(begin_flow_run(exemplar, config, folder, resume, init_from, credit, patience))
    return _SingleRun(begin_texture_run(exemplar, config, folder, resume, init_from, features, credit, patience))


def _train_and_close(group, stop, max_minutes):
    (run,) = group.runs
    with contextlib.closing(run):
        yield from train_alone(group, stop, max_minutes)


def train_alone(group: RunGroup, stop: Callable[[], bool], max_minutes: float) -> Generator[Progress, None, None]:
    """Train the single run of a group, which the caller closes; yields what `train` yields."""
    # Closing the loop saves the run; do it with this generator, not at garbage collection.
    with contextlib.closing(run_loop(group, stop, max_minutes)) as reports:
        for (report,) in reports:
            yield report


class _SingleRun:
    """The group of one texture run."""

    def __init__(self, run: TextureRun):
        self.runs = [run]

    def distribute(self) -> None:
        """Nothing to copy: the run holds its own weights."""

    def iterate(self, iteration: int) -> list[TextureReport]:
        """Compute this iteration; returns when the result is there."""
        (run,) = self.runs
        config, metadata = run.config, run.metadata
        learning_rate = run.plateau.learning_rate * annealing_factor(config, iteration)
        part = segment(config, metadata.times, iteration)
        if iteration == config.schedule.initialisation > 0:
            run.learner = begin_learning(run.learner.parameters, run.learner.states)
        learner, result = iterate(
            run.learner,
            step_config(config, iteration),
            metadata,
            run.features,
            *step_inputs(config, iteration, part),
            run.targets.at(part.end),
            jnp.float32(learning_rate),
            jnp.float32(-metadata.times.warmup),
        )
        result, log_intensity = jax.device_get((result, learner.parameters.log_intensity))
        run.learner = learner  # only after the wait, which may be interrupted
        return [TextureReport(part.initialising, result, learning_rate, log_intensity)]
