"""Circular 3x3 convolution with half of the multiplications.

Winograd's minimal filtering F(4, 3) (Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016), across
rows: four rows of the result from six linear combinations of rows, each convolved with 1x3 taps, instead of twelve such
convolutions. It is applied along one axis only, so that the extra additions run on whole rows at the speed of memory.
"""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from .conv import correlate, wrap

# For the points 0, 1, -1, 2, -2 and infinity: the transforms of rows -1 ... 4 of a tile, of three taps, and of the result.
_ROWS = np.array(
    [
        [4, 0, -5, 0, 1, 0],
        [0, -4, -4, 1, 1, 0],
        [0, 4, -4, -1, 1, 0],
        [0, -2, -1, 2, 1, 0],
        [0, 2, -1, -2, 1, 0],
        [0, 4, 0, -5, 0, 1],
    ]
)
_TAPS = np.array([[6, 0, 0], [-4, -4, -4], [-4, 4, -4], [1, 2, 4], [1, -2, 4], [0, 0, 24]]) / 24
_TILE = np.array([[1, 1, 1, 1, 1, 0], [0, 1, -1, 2, -2, 0], [0, 1, 1, 4, 4, 0], [0, 1, -1, 8, -8, 1]])


def winograd_convolution(
    x: Float[Array, "h w inputs"], kernel: Float[Array, "3 3 inputs outputs"]
) -> Float[Array, "h w outputs"]:
    """`circular_convolution(x, kernel)` up to rounding (a few 1e-6 of the maximum); h is a multiple of 4, w at least 4."""
    height, width, _ = x.shape
    tiles = x.reshape(height // 4, 4, width, -1)
    own = [tiles[:, row] for row in range(4)]
    rows = [jnp.roll(own[3], 1, axis=0), *own, jnp.roll(own[0], -1, axis=0)]
    taps = jnp.einsum("nt,txio->nxio", jnp.asarray(_TAPS, kernel.dtype), kernel)
    products = [correlate(_sum(weights, rows), taps[n][None], "SAME") for n, weights in enumerate(_ROWS)]
    result = jnp.stack([_sum(weights, products) for weights in _TILE], axis=1).reshape(height, width, -1)
    # The rows wrap around; the first and the last column were convolved with zero padding and are recomputed.
    columns = correlate(wrap(jnp.concatenate([x[:, -2:], x[:, :2]], axis=1))[:, 1:-1], kernel, "VALID")
    result = lax.dynamic_update_slice(result, columns[:, :1], (0, width - 1, 0))
    return lax.dynamic_update_slice(result, columns[:, 1:], (0, 0, 0))


def _sum(weights, terms):
    return sum(float(weight) * term for weight, term in zip(weights, terms, strict=True) if weight)
