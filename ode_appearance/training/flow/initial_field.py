"""The initial vector field of flow matching: about -0.47 z, with blocks that already depend on time."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ...config.schema import Architecture
from ...models.layers import ConvBlock
from ...models.unet import VectorField

TIME_SCALE = 4.0
"""Factor of the time embedding's first weights: its fastest wave has a period of 2 pi of model time, too slow for changes
within a few frames."""


def initial_field(architecture: Architecture, seed: int) -> VectorField:
    """A vector field of about -0.47 z; with the usual zero last layer, training reaches it after hundreds of steps.

    The first convolution makes the pairs (z, -z), with silu(z) - silu(-z) = z; the last block reads them from the skip
    connection and the last convolution takes their difference. If the first level has fewer than two channels per channel of
    the state, only the first channels have such a path; the others start at 0. The blocks' scales and shifts by time, usually
    zero, have equinox's random initialisation.
    """
    key, time_key = jax.random.split(jax.random.PRNGKey(seed))
    field = VectorField(architecture, key=key)
    field = eqx.tree_at(lambda field: field.time_mlp[0].weight, field, replace_fn=lambda weight: TIME_SCALE * weight)
    field = _with_time(field, time_key)
    return _with_identity_path(field)


def _with_time(field, key):
    def is_block(node):
        return isinstance(node, ConvBlock)

    keys = iter(jax.random.split(key, 128))

    def initialised(node):
        if not is_block(node) or node.mlp is None:
            return node
        weight = node.mlp.weight
        bound = weight.shape[1] ** -0.5
        return eqx.tree_at(
            lambda block: block.mlp.weight, node, jax.random.uniform(next(keys), weight.shape, minval=-bound, maxval=bound)
        )

    return jax.tree.map(initialised, field, is_leaf=is_block)


def _with_identity_path(field):
    width = field.architecture.dim
    channels = min(field.architecture.channels, width // 2)
    block, head = field.final_conv
    first, last = np.array(field.init_conv.proj.weight) * 0.05, np.array(block.proj.weight) * 0.3
    scale, out = np.array(block.norm.weight), np.zeros_like(np.array(head.weight))
    for channel in range(channels):
        plus, minus = 2 * channel, 2 * channel + 1
        for sign, place in ((1, plus), (-1, minus)):
            first[place] = 0
            first[place, channel] = sign
            last[place] *= 0.2
            last[place, width + plus], last[place, width + minus] = sign, -sign  # the skip's channels come second
            scale[place] = 0.5
        out[channel, plus], out[channel, minus] = -2, 2

    def changed(field):
        block, head = field.final_conv
        return field.init_conv.proj.weight, block.proj.weight, block.norm.weight, head.weight

    def biases(field):
        return field.init_conv.proj.bias, field.final_conv[0].proj.bias

    field = eqx.tree_at(changed, field, tuple(map(jnp.asarray, (first, last, scale, out))))
    return eqx.tree_at(biases, field, replace_fn=jnp.zeros_like)
