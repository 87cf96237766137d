"""One compiled iteration: integrate a segment, compare with the exemplar, and update weights and light."""

import functools
from typing import Any, NamedTuple

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from ...config.schema import MaterialConfig
from ...models.unet import VectorField
from ...perceptual.features import FeatureExtractor
from ...runtime.jit import compiled
from .objective import Lit, Terms, combine, initialisation_terms, rgb_terms, svbrdf_terms
from .segment import integrate
from .step_config import StepConfig

Target = Float[Array, "3 H W"] | list[Float[Array, "_ _ _"]]
"""A frame of the exemplar: cached feature maps for an RGB texture, the picture for an SVBRDF, which is cropped at random."""


class Parameters(NamedTuple):
    """The learnt parameters."""

    field: VectorField
    log_intensity: Float[Array, ""]  # of the light; unused by RGB textures


class Learner(NamedTuple):
    """Everything that one iteration passes to the next."""

    parameters: Parameters
    average: Parameters  # moving average over iterations, for the material
    optimiser: Any
    states: Float[Array, "batch channels h w"]  # at the end of the last segment; not finite if the solve failed
    previous: tuple[Parameters, Parameters]  # parameters and average before the last update, with a finite loss


def begin_learning(parameters: Parameters, states: Float[Array, "batch channels h w"]) -> Learner:
    """A learner with these parameters and a new optimiser state."""
    return Learner(parameters, parameters, optimiser().init(parameters), states, (parameters, parameters))


def without_last_update(learner: Learner) -> Learner:
    """The learner with the weights before the last update; optimiser and states are unchanged."""
    return learner._replace(parameters=learner.previous[0], average=learner.previous[1])


class StepResult(NamedTuple):
    """Results of one texture iteration."""

    terms: Terms
    steps: Int[Array, ""]  # of the solver, attempted
    finite: Array  # bool; if False, weights, average and optimiser are unchanged


def optimiser() -> Any:
    """Adam on gradients normalised per parameter tensor, without a learning rate, which each step gets as an argument.

    Returns:
        An `optax.GradientTransformation`.
    """
    import optax  # imported late: not needed for solving and viewing materials

    def normalise(updates, state, parameters=None):
        del parameters
        return jax.tree.map(lambda gradient: gradient / (jnp.linalg.norm(gradient.ravel()) + 1e-8), updates), state

    return optax.chain(optax.GradientTransformation(lambda _: optax.EmptyState(), normalise), optax.scale_by_adam())


def loss(
    parameters: Parameters,
    states: Float[Array, "batch channels h w"],
    config: StepConfig,
    metadata: MaterialConfig,
    features: FeatureExtractor,
    initialising: bool,
    key: PRNGKeyArray,
    start: Float[Array, ""],
    end: Float[Array, ""],
    target: Target,
) -> tuple[Float[Array, ""], tuple[Terms, Float[Array, "batch channels h w"], Int[Array, ""]]]:
    """The mean loss of a batch integrated from `start` to `end`.

    Returns:
        The loss, and its terms, the states at `end`, and the maximum number of steps.
    """

    def of_one(state, key):
        probe_key, loss_key = jax.random.split(key)
        final, integrals, steps = integrate(parameters.field, config, probe_key, start, end, state)
        if metadata.brdf is None:
            distance, overflow = rgb_terms(features, config.loss, loss_key, final, target)
        else:
            lit = Lit(metadata, parameters.log_intensity, final, target)
            initial = functools.partial(initialisation_terms, config.loss)
            terms = initial if initialising else functools.partial(svbrdf_terms, features, config.loss)
            distance, overflow = terms(loss_key, lit)
        return combine(config.loss, distance, overflow, integrals), final, steps

    keys = jax.random.split(key, states.shape[0])
    if states.shape[0] == 1:  # without the batch axis, which makes some of XLA's CPU kernels slow
        terms, final, steps = of_one(states[0], keys[0])
        return terms.total, (terms, final[None], steps)
    terms, final, steps = jax.vmap(of_one)(states, keys)
    terms = jax.tree.map(jnp.mean, terms)
    return terms.total, (terms, final, jnp.max(steps))


def one_iteration(
    learner: Learner,
    config: StepConfig,
    metadata: MaterialConfig,
    features: FeatureExtractor,
    initialising: bool,
    fresh: Array,
    key: PRNGKeyArray,
    start: Float[Array, ""],
    end: Float[Array, ""],
    target: Target,
    learning_rate: Float[Array, ""],
    beginning: Float[Array, ""],
) -> tuple[Learner, StepResult]:
    """One iteration.

    The segment is from `start` to `end`, or from new noise at `beginning` if `fresh` or if the states are not finite. A loss or
    gradient that is not finite changes neither the weights nor the optimiser (unlike `optax.apply_if_finite`, which accepts
    such an update after a maximum number in a row).
    """
    noise_key, key = jax.random.split(key)
    fresh = fresh | ~jnp.isfinite(learner.states).all()
    start = jnp.where(fresh, beginning, start)
    states = jnp.where(fresh, jax.random.normal(noise_key, learner.states.shape), learner.states)
    (total, (terms, final, steps)), gradients = eqx.filter_value_and_grad(loss, has_aux=True)(
        learner.parameters, states, config, metadata, features, initialising, key, start, end, target
    )
    updates, moved = optimiser().update(gradients, learner.optimiser)
    updates = jax.tree.map(lambda update: -learning_rate * update, updates)
    parameters = eqx.apply_updates(learner.parameters, updates)
    # Plain mean at first, until the decay weighs less; so the initial weights soon have no influence.
    share = jnp.maximum(1 - config.optimiser.averaging, 1 / moved[1].count)
    average = jax.tree.map(lambda new, mean: mean + share * (new - mean), parameters, learner.average)
    after = Learner(parameters, average, moved, final, (learner.parameters, learner.average))
    sums = [jnp.sum(leaf) for leaf in jax.tree.leaves((total, gradients, final))]
    finite = jnp.isfinite(jnp.stack(sums)).all()
    keep = functools.partial(jax.tree.map, lambda new, old: jnp.where(finite, new, old))
    return keep(after, learner._replace(states=final)), StepResult(terms, steps, finite)


iterate = compiled(one_iteration)
