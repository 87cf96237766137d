"""The schedule of iterations: pure functions of the iteration's number, so that a resumed run equals an uninterrupted one."""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from ..config.schema import Times
from .train_config import TrainConfig


class Segment(NamedTuple):
    """Times that one iteration integrates between; the state at `end` is compared with the exemplar."""

    initialising: bool
    fresh: bool  # start from new noise at -warmup
    start: float
    end: float


def segment(config: TrainConfig, times: Times, iteration: int) -> Segment:
    """The segment of an iteration.

    The first segment of a cycle is the warm-up from fresh noise. The others end at times drawn uniformly, one from each equal
    part of the exemplar's span, and start at the end of the previous segment.
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


def step_inputs(config: TrainConfig, iteration: int, part: Segment) -> tuple[bool, jax.Array, jax.Array, jax.Array, jax.Array]:
    """Inputs of `step.one_iteration`: initialising, fresh, key, start, end."""
    start, end = jnp.float32(part.start), jnp.float32(part.end)
    return part.initialising, jnp.array(part.fresh), iteration_key(config, iteration), start, end


def annealing_factor(config: TrainConfig, iteration: int) -> float:
    """Factor of the learning rate: 1, falling linearly to 0 in the last `annealing` share of the iterations."""
    last = config.rate.annealing * config.schedule.iterations
    return 1.0 if last == 0 else min(1.0, (config.schedule.iterations - iteration) / last)
