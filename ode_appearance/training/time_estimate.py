"""How long a training will take on this machine, from the time that its parts take."""

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
"""Attempted steps of a segment, on average (seen with both kinds at a tolerance of 0.01)."""
SEGMENT = 0.18
"""Mean length of a segment as a share of the exemplar's span: a cycle of 6 covers the warm-up and nine tenths of it."""
FIELD_COST = 4.5
"""What an evaluation of f within an iteration costs, its gradient included, in evaluations of f alone (3.0 to 5.5 on a CPU)."""
FEATURE_COST = 4.5
"""The same for the features of one crop, with the sorting and the target's features."""
COMPILING = 60.0
"""Seconds until the first iteration."""


def estimate_seconds(config: TrainConfig, features: FeatureExtractor | None) -> float:
    """Roughly how many seconds the whole training takes: f and the features are run and timed, which takes seconds itself.

    `features` are needed where textures are compared.
    """
    if config.method == "flow":
        return COMPILING + config.schedule.iterations * config.data.batch * FIELD_COST * _seconds_of_field(config)
    from ..ode.stepper import SOLVERS  # not with the module: it loads diffrax

    size = config.data.state_size
    of_field = _seconds_of_field(config)
    of_features = _seconds(compiled(lambda features, picture: features(picture)), features, jnp.zeros((3, size, size)))
    stages = SOLVERS[config.solver.runge_kutta]().tableau.num_stages
    integrating = config.data.batch * _steps(config) * stages * FIELD_COST * of_field
    comparing = config.data.batch * config.loss.crops * FEATURE_COST * of_features
    compared = config.schedule.iterations - config.schedule.initialisation
    return COMPILING + config.schedule.iterations * integrating + compared * comparing


def _seconds_of_field(config):
    """One evaluation of f on one state."""
    field = new_material(MaterialConfig(architecture=config.architecture)).vector_field
    state = jnp.zeros((config.architecture.channels, config.data.state_size, config.data.state_size))
    return _seconds(compiled(lambda field, state: field(jnp.float32(0), state)), field, state)


def _steps(config):
    """Steps of a segment, on average, where its span is as published."""
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
