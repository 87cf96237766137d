"""The mean of a function over many arguments, one after the other, whose gradient is found on the way."""

import functools

import jax
import jax.numpy as jnp
from jax import lax


@functools.partial(jax.custom_vjp, nondiff_argnums=(0,))
def mean_over(function, learnt, fixed, arguments):
    """Mean of the numbers function(learnt, fixed, argument), the arguments stacked; only `learnt` passes gradients.

    Each argument's gradient is taken right after its value and added up: the memory of one evaluation, whatever their
    number, and none of them computed a second time for its gradient. The function must not close over traced arrays.
    """
    return jnp.mean(lax.map(lambda argument: function(learnt, fixed, argument), arguments))


def _forward(function, learnt, fixed, arguments):
    count = jax.tree.leaves(arguments)[0].shape[0]

    def add(sums, argument):
        results = jax.value_and_grad(function)(learnt, fixed, argument)
        return jax.tree.map(jnp.add, sums, results), None

    nothing = jnp.zeros(()), jax.tree.map(jnp.zeros_like, learnt)
    return jax.tree.map(lambda total: total / count, lax.scan(add, nothing, arguments)[0])


def _backward(function, gradient, cotangent):
    del function
    return jax.tree.map(lambda part: cotangent * part, gradient), None, None


mean_over.defvjp(_forward, _backward)
