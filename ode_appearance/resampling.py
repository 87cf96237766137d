"""Resampling by 1/2 and by 2, as fixed stencils.

The same numbers as `jax.image.resize(method="bilinear")` with its default antialiasing (weights (1, 3, 3, 1)/8 down and
(1, 3)/4 up), which drops what lies beyond the border and renormalises ("published"), or continues the image ("periodic").
"""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .config import Boundary


def halve(x: Float[Array, "h w c"], boundary: Boundary) -> Float[Array, "h/2 w/2 c"]:
    """Bilinear, antialiased reduction of an image by two; h and w are even."""
    return _halve_rows(_halve_rows(x, boundary).swapaxes(0, 1), boundary).swapaxes(0, 1)


def double(x: Float[Array, "h w c"], boundary: Boundary) -> Float[Array, "2*h 2*w c"]:
    """Bilinear enlargement of an image by two."""
    return _double_rows(_double_rows(x, boundary).swapaxes(0, 1), boundary).swapaxes(0, 1)


def _halve_rows(x, boundary):
    length = x.shape[0] // 2
    even, odd = x[0::2], x[1::2]
    if boundary == "periodic":
        before, after = jnp.roll(odd, 1, axis=0), jnp.roll(even, -1, axis=0)
        return (before + 3 * even + 3 * odd + after) / 8
    nothing = jnp.zeros_like(x[:1])
    before, after = jnp.concatenate([nothing, odd[:-1]]), jnp.concatenate([even[1:], nothing])
    weights = np.full((length, 1, 1), 8.0, np.float32)
    weights[0] -= 1
    weights[-1] -= 1
    return (before + 3 * even + 3 * odd + after) / weights.astype(x.dtype)


def _double_rows(x, boundary):
    first, last = (x[-1:], x[:1]) if boundary == "periodic" else (x[:1], x[-1:])
    before, after = jnp.concatenate([first, x[:-1]]), jnp.concatenate([x[1:], last])
    pairs = jnp.stack([0.25 * before + 0.75 * x, 0.75 * x + 0.25 * after], axis=1)
    return pairs.reshape(2 * x.shape[0], *x.shape[1:])
