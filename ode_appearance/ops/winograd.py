"""The circular 3x3 convolution in half of the multiplications.

Winograd's minimal filtering F(4, 3) (Lavin and Gray, "Fast algorithms for convolutional neural networks", CVPR 2016), along the
rows: four rows of the result from six sums of rows, each convolved with 1x3 taps, instead of twelve such convolutions. Along
one axis only, as what is added instead of multiplied then stays whole rows, at the speed of memory.
"""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from .conv import correlate, wrap

# Of the points 0, 1, -1, 2, -2 and infinity: rows -1 ... 4 about a tile, three taps, and the four rows of the tile.
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


def convolve_tiles_of_rows(
    x: Float[Array, "h w inputs"], kernel: Float[Array, "3 3 inputs outputs"]
) -> Float[Array, "h w outputs"]:
    """`circular_convolution(x, kernel)`, to rounding (a few 1e-6 of the largest value); h is a multiple of 4, w at least 4."""
    height, width, _ = x.shape
    tiles = x.reshape(height // 4, 4, width, -1)
    own = [tiles[:, row] for row in range(4)]
    rows = [jnp.roll(own[3], 1, axis=0), *own, jnp.roll(own[0], -1, axis=0)]
    taps = jnp.einsum("nt,txio->nxio", jnp.asarray(_TAPS, kernel.dtype), kernel)
    products = [correlate(_sum(weights, rows), taps[n][None], "SAME") for n, weights in enumerate(_ROWS)]
    result = jnp.stack([_sum(weights, products) for weights in _TILE], axis=1).reshape(height, width, -1)
    # The rows are continued all around; the first and the last column have seen zeros beside them, and are done anew.
    columns = correlate(wrap(jnp.concatenate([x[:, -2:], x[:, :2]], axis=1))[:, 1:-1], kernel, "VALID")
    result = lax.dynamic_update_slice(result, columns[:, :1], (0, width - 1, 0))
    return lax.dynamic_update_slice(result, columns[:, 1:], (0, 0, 0))


def _sum(weights, terms):
    return sum(float(weight) * term for weight, term in zip(weights, terms, strict=True) if weight)
