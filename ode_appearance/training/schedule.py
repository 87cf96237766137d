"""Which iteration does what: pure functions of the iteration's number, so that a resumed run goes on as it would have."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..config.schema import Times
from .train_config import TrainConfig


class Segment(NamedTuple):
    """What one iteration integrates, and what its end is compared with."""

    initialising: bool
    fresh: bool  # starts from new noise at -warmup
    start: float
    end: float


def segment(config: TrainConfig, times: Times, iteration: int) -> Segment:
    """The segment of an iteration.

    A cycle starts with fresh noise and the warm-up only; then it goes on through times drawn uniformly, one from each
    equal part of the exemplar's span, each segment starting where the last one ended.
    """
    initialising = iteration < config.schedule.initialisation
    cycle = config.schedule.initialisation_cycle if initialising else config.schedule.cycle
    first = iteration if initialising else iteration - config.schedule.initialisation
    place = first % cycle
    if place == 0:
        return Segment(initialising, True, -times.warmup, 0.0)
    ends = _stratified_times(config.seed, iteration - place, cycle - 1, times.duration)
    return Segment(initialising, False, 0.0 if place == 1 else float(ends[place - 2]), float(ends[place - 1]))


def _stratified_times(seed, cycle_start, count, duration):
    generator = np.random.default_rng([seed, cycle_start])
    return (np.arange(count) + generator.random(count)) / count * duration


def iteration_key(config: TrainConfig, iteration: int) -> jax.Array:
    """The random key of an iteration."""
    return jax.random.fold_in(jax.random.PRNGKey(config.seed), jnp.uint32(iteration))


def traced(config: TrainConfig, iteration: int, piece: Segment) -> tuple[bool, jax.Array, jax.Array, jax.Array, jax.Array]:
    """What `step.one_iteration` is told of an iteration: whether it initialises, is fresh, its key, its start and its end."""
    start, end = jnp.float32(piece.start), jnp.float32(piece.end)
    return piece.initialising, jnp.array(piece.fresh), iteration_key(config, iteration), start, end


def annealed(config: TrainConfig, iteration: int) -> float:
    """The factor of an iteration's learning rate: 1, and in the last `annealing` of all iterations on a line down to 0."""
    last = config.rate.annealing * config.schedule.iterations
    return 1.0 if last == 0 else min(1.0, (config.schedule.iterations - iteration) / last)
