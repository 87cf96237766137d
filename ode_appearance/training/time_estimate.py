"""Estimate of a training's duration on this machine, from measured times of its parts."""

import time

import jax
import jax.numpy as jnp

from ..config.schema import MaterialConfig
from ..data.exemplar import PUBLISHED_DURATION
from ..models.material import new_material
from ..perceptual.features import FeatureExtractor
from ..runtime.jit import compiled
from .train_config import TrainConfig

STEPS = 3.5
"""Mean number of attempted steps of a segment (measured with both kinds at a tolerance of 0.01)."""
SEGMENT = 0.18
"""Mean length of a segment as a share of the exemplar's span: a cycle of 6 covers the warm-up and nine tenths of it."""
FIELD_COST = 4.5
"""Cost of an evaluation of f with its gradient, in evaluations of f alone (3.0 to 5.5 on a CPU)."""
FEATURE_COST = 4.5
"""The same for the features of one crop, including the sorting and the target's features."""
COMPILING = 60.0
"""Seconds of compiling before the first iteration."""


def estimate_seconds(config: TrainConfig, features: FeatureExtractor | None) -> float:
    """Rough duration of a whole training in seconds; runs and times f and the features, which takes seconds itself.

    Args:
        features: needed by the method "texture".
    """
    if config.method == "flow":
        return COMPILING + config.schedule.iterations * config.data.batch * FIELD_COST * _seconds_of_field(config)
    from ..ode.stepper import SOLVERS  # not with the module: it loads diffrax

    size = config.data.state_size
    field_seconds = _seconds_of_field(config)
    feature_seconds = _seconds(compiled(lambda features, picture: features(picture)), features, jnp.zeros((3, size, size)))
    stages = SOLVERS[config.solver.runge_kutta]().tableau.num_stages
    integrating = config.data.batch * _steps(config) * stages * FIELD_COST * field_seconds
    comparing = config.data.batch * config.loss.crops * FEATURE_COST * feature_seconds
    compared = config.schedule.iterations - config.schedule.initialisation
    return COMPILING + config.schedule.iterations * integrating + compared * comparing


def _seconds_of_field(config):
    """Seconds of one evaluation of f on one state."""
    field = new_material(MaterialConfig(architecture=config.architecture)).vector_field
    state = jnp.zeros((config.architecture.channels, config.data.state_size, config.data.state_size))
    return _seconds(compiled(lambda field, state: field(jnp.float32(0), state)), field, state)


def _steps(config):
    """Mean number of steps of a segment, for the published span."""
    if not config.solver.coarsest_step:
        return STEPS
    fixed = SEGMENT * PUBLISHED_DURATION[config.kind] / (config.solver.coarsest_step / 2) + 0.5
    return (1 - config.schedule.refining) * fixed + config.schedule.refining * max(STEPS, fixed)


def _seconds(function, *arguments):
    jax.block_until_ready(function(*arguments))
    laps = []
    for _ in range(5):
        began = time.perf_counter()
        jax.block_until_ready(function(*arguments))
        laps.append(time.perf_counter() - began)
    return sorted(laps)[2]
