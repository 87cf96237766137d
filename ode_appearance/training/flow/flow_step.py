"""One compiled iteration of flow matching: losses of a batch, and the optimiser's step."""

from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import optax
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from ...models.unet import VectorField
from ...runtime.jit import compiled
from .flow_objective import FlowExemplar, Walker, is_done, new_walker, span_loss, warmup_loss

ADAM_SHARE = 0.3
"""RunGroup rate of Adam, for vectors, over that of Muon, for matrices and kernels."""


class FlowNumbers(NamedTuple):
    """The options in the key of a compiled flow step."""

    size: int
    walkers: int  # in a batch, besides the samples of the warm-up
    warmups: int
    pull: float
    noise: float
    step: float
    averaging: float


class FlowLearner(NamedTuple):
    """Everything that one iteration passes to the next."""

    field: VectorField
    average: VectorField
    optimiser: Any
    pool: Walker  # walkers, stacked


class FlowStepResult(NamedTuple):
    """Results of one flow iteration."""

    warmup: Float[Array, ""]
    span: Float[Array, ""]
    error: Float[Array, ""]  # mean squared error of the walkers' pictures, values from -1 to 1
    finite: Bool[Array, ""]


def optimiser() -> optax.GradientTransformation:
    """Muon for matrices and kernels, Adam for vectors, at a learning rate of 1; updates are scaled afterwards.

    Source:
        Jordan et al., "Muon: an optimizer for hidden layers in neural networks", 2024.
    """

    def dimensions(parameters):
        def of(leaf):
            if leaf.ndim < 2 or 1 in leaf.shape[:2]:
                return None
            return optax.contrib.MuonDimensionNumbers(reduction_axis=tuple(range(1, leaf.ndim)), output_axis=0)

        return jax.tree.map(of, parameters)

    return optax.contrib.muon(1.0, muon_weight_dimension_numbers=dimensions, adam_b2=0.99, adam_learning_rate=ADAM_SHARE)


def begin_learning(
    field: VectorField, exemplar: FlowExemplar, numbers: FlowNumbers, pool: int, key: PRNGKeyArray
) -> FlowLearner:
    """The initial learner, with a pool of new walkers."""
    keys = jax.random.split(key, pool)
    walkers = jax.jit(jax.vmap(new_walker, (0, None, None)), static_argnums=2)(keys, exemplar, numbers.size)
    return FlowLearner(field, field, optimiser().init(field), walkers)  # pyright: ignore[reportArgumentType]


@compiled
def iterate(
    learner: FlowLearner, exemplar: FlowExemplar, numbers: FlowNumbers, key: PRNGKeyArray, learning_rate: Float[Array, ""]
) -> tuple[FlowLearner, FlowStepResult]:
    """One iteration. A loss or gradient that is not finite changes no weights."""
    choice_key, loss_key, new_key = jax.random.split(key, 3)
    pool_size = len(learner.pool.time)
    chosen = jax.random.choice(choice_key, pool_size, (numbers.walkers,), replace=False)
    walkers = jax.tree.map(lambda values: values[chosen], learner.pool)

    def loss(field):
        warmup_keys, span_keys = jnp.split(jax.random.split(loss_key, numbers.warmups + numbers.walkers), [numbers.warmups])
        warmup = jnp.zeros(())
        if numbers.warmups:
            warmup = jnp.mean(jax.vmap(lambda key: warmup_loss(field, exemplar, key, numbers.size))(warmup_keys))
        each, (moved, error) = jax.vmap(
            lambda walker, key: span_loss(
                field, exemplar, walker, key, pull=numbers.pull, noise=numbers.noise, step=numbers.step
            )
        )(walkers, span_keys)
        span = jnp.mean(each)
        return warmup + span, (moved, warmup, span, jnp.mean(error))

    (total, (moved, warmup, span, error)), gradient = jax.value_and_grad(loss, has_aux=True)(learner.field)
    finite = jnp.isfinite(total) & jnp.all(jnp.array([jnp.isfinite(leaf).all() for leaf in jax.tree.leaves(gradient)]))
    updates, state = optimiser().update(gradient, learner.optimiser, learner.field)  # pyright: ignore[reportArgumentType]
    field = jax.tree.map(lambda leaf, update: leaf + learning_rate * update, learner.field, updates)
    decay = numbers.averaging
    average = jax.tree.map(lambda mean, leaf: decay * mean + (1 - decay) * leaf, learner.average, field)
    learnt = (field, average, state)
    kept = jax.tree.map(lambda new, old: jnp.where(finite, new, old), learnt, tuple(learner[:3]))
    fresh = jax.vmap(lambda key: new_walker(key, exemplar, numbers.size))(jax.random.split(new_key, numbers.walkers))
    done = is_done(moved, exemplar)

    def renewed(pool, moved, fresh):
        ended = done.reshape(-1, *[1] * (moved.ndim - 1))
        return pool.at[chosen].set(jnp.where(ended, fresh, moved))

    pool = jax.tree.map(renewed, learner.pool, moved, fresh)
    return FlowLearner(*kept, pool), FlowStepResult(warmup, span, error, finite)
