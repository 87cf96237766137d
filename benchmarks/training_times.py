"""How long the published trainings take from beginning to end, from some of their iterations: for a GPU."""

from collections.abc import Iterator

import jax
import numpy as np

from ode_appearance.config.schema import Kind
from ode_appearance.data.exemplar import PUBLISHED_DURATION, PUBLISHED_FRAMES, ExemplarFrames
from ode_appearance.training.train_config import TrainConfig, preset
from ode_appearance.training.trainer import train

from .figure import Figure

_LIMITS: dict[Kind, float] = {"rgb": 12.0, "svbrdf": 30.0}
"""Minutes."""
_ITERATIONS = 66


def figures(quick: bool) -> Iterator[Figure]:
    """Minutes of both published schedules, without their evaluations; nothing on a CPU, where it would be weeks."""
    if jax.devices()[0].platform == "cpu":
        return
    for kind, limit in list(_LIMITS.items())[: 1 if quick else None]:
        config = preset("paper", kind)
        minutes = config.schedule.iterations / iterations_per_second(config) / 60
        yield Figure(
            f"{config.schedule.iterations:,} iterations, published {kind.upper()} schedule", minutes, "min", limit=limit
        )


def iterations_per_second(config: TrainConfig, iterations: int = _ITERATIONS) -> float:
    """The median rate of training on made-up frames, initialisation left out."""
    frames = np.random.default_rng(0).integers(
        0, 256, (PUBLISHED_FRAMES, 3, config.data.exemplar_size, config.data.exemplar_size)
    )
    duration = PUBLISHED_DURATION[config.kind]
    times = np.arange(PUBLISHED_FRAMES) * duration / PUBLISHED_FRAMES
    exemplar = ExemplarFrames("made up", config.kind, frames.astype(np.uint8), times, duration, duration / PUBLISHED_FRAMES)
    without = {"initialisation": 0, "evaluate_every": 10**6, "preview_every": 10**6, "iterations": iterations}
    config = config.replace(**without)
    *_, last = train(exemplar, config)
    return last.rate
