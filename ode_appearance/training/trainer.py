"""The trainer: a generator that learns from an exemplar and reports its progress."""

import time as clock
from collections.abc import Callable, Generator
from pathlib import Path

import jax.numpy as jnp

from ..config import Exemplar
from ..exemplar import ExemplarFrames
from ..features import FeatureExtractor
from ..material import Material
from .config import TrainConfig
from .progress import Progress, Rate, Status
from .run import Done, Run, begin_run
from .schedule import annealed, segment, traced
from .step import begin_learning, iterate, step_config


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
    run = begin_run(exemplar, config, None if out is None else Path(out), resume, init_from, features, credit)
    return _go(run, stop, max_minutes)


def _go(run: Run, stop, max_minutes) -> Generator[Progress, None, None]:
    config = run.config
    began = saved = clock.monotonic()
    rate = Rate()
    status: Status = "running" if run.iteration < config.iterations else "finished"
    unsaved = False
    try:
        while status == "running":
            evaluation = run.evaluate_if_due()
            lap = clock.monotonic()
            done = _one_iteration(run)
            if not bool(done.outcome.finite):
                status = "not finite"
            else:
                run.iteration += 1
                unsaved = True
            now = clock.monotonic()
            rate.observe(now - lap)
            run.seconds += now - lap
            if run.iteration >= config.iterations:
                status = "finished"
            elif stop() or now - began > 60 * max_minutes:
                status = "stopped" if status == "running" else status
            material = None
            if status != "running" or (run.folder and now - saved > config.save_every):
                material = run.save()
                saved, unsaved = clock.monotonic(), False
            pictures = None if status == "not finite" else run.preview_if_due()
            yield run.progress(done, rate, status, evaluation=evaluation, preview=pictures, material=material)
    finally:
        if unsaved:
            run.save_state()


def _one_iteration(run) -> Done:
    config = run.config
    learning_rate = run.plateau.learning_rate * annealed(config, run.iteration)
    piece = segment(config, run.facts.times, run.iteration)
    if run.iteration == config.initialisation > 0:
        run.learner = begin_learning(run.learner.parameters, run.learner.states)
    run.learner, outcome = iterate(
        run.learner,
        step_config(config, run.iteration),
        run.facts,
        run.features,
        *traced(config, run.iteration, piece),
        run.targets.at(piece.end),
        jnp.float32(learning_rate),
    )
    return Done(piece.initialising, outcome, learning_rate, run.learner.parameters.log_intensity)
