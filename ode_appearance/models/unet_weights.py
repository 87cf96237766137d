"""The weights of a vector field as a list of arrays: their shapes, the parameter count, and a field from given weights."""

import functools
import math

import equinox as eqx
import jax
import jax.numpy as jnp

from ..config.schema import Architecture
from .unet import VectorField


def count_parameters(architecture: Architecture) -> int:
    """The number of trainable parameters of an architecture."""
    return sum(math.prod(shape) for shape in weight_shapes(architecture))


def weight_shapes(architecture: Architecture) -> list[tuple[int, ...]]:
    """The shapes of a vector field's array leaves, in order; nothing is allocated."""
    return [leaf.shape for leaf in jax.tree.leaves(_abstract_field(architecture))]


def field_with_weights(architecture: Architecture, weights) -> VectorField:
    """A vector field with these arrays as its leaves, in order."""
    abstract = _abstract_field(architecture)
    leaves = [jnp.asarray(array) for array in weights]
    return jax.tree.unflatten(jax.tree.structure(abstract), leaves)


@functools.lru_cache(maxsize=32)
def _abstract_field(architecture):
    # The key is created inside, so it is abstract too and no device is needed.
    return eqx.filter_eval_shape(lambda: VectorField(architecture, key=jax.random.PRNGKey(0)))
