"""Bilinear resampling by 1/2 and by 2, as fixed stencils.

The values of `jax.image.resize(method="bilinear")` with its default antialiasing: weights (1, 3, 3, 1)/8 down and (1, 3)/4 up.
Boundary "published" drops weights beyond the border and renormalises, as `resize` does; "periodic" wraps around.
"""

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from ..config.schema import Boundary


def downsample_by_two(x: Float[Array, "h w c"], boundary: Boundary) -> Float[Array, "h/2 w/2 c"]:
    """Bilinear, antialiased downsampling by two; h and w are even."""
    return _downsample_axis(_downsample_axis(x, 0, boundary), 1, boundary)


def upsample_by_two(x: Float[Array, "h w c"], boundary: Boundary) -> Float[Array, "2*h 2*w c"]:
    """Bilinear upsampling by two."""
    return _upsample_rows(_upsample_rows(x, boundary).swapaxes(0, 1), boundary).swapaxes(0, 1)


def _downsample_axis(x, axis, boundary):
    length = x.shape[axis] // 2
    even, odd = (x[start::2] if axis == 0 else x[:, start::2] for start in (0, 1))
    if boundary == "periodic":
        before, after = jnp.roll(odd, 1, axis), jnp.roll(even, -1, axis)
        return (before + 3 * even + 3 * odd + after) / 8
    nothing = jnp.zeros_like(lax.slice_in_dim(even, 0, 1, axis=axis))
    before = jnp.concatenate([nothing, lax.slice_in_dim(odd, 0, length - 1, axis=axis)], axis)
    after = jnp.concatenate([lax.slice_in_dim(even, 1, length, axis=axis), nothing], axis)
    weights = np.full(length, 8.0, np.float32)
    weights[0] -= 1
    weights[-1] -= 1
    return (before + 3 * even + 3 * odd + after) / np.expand_dims(weights, (2, 1 - axis)).astype(x.dtype)


def _upsample_rows(x, boundary):
    first, last = (x[-1:], x[:1]) if boundary == "periodic" else (x[:1], x[-1:])
    before, after = jnp.concatenate([first, x[:-1]]), jnp.concatenate([x[1:], last])
    pairs = jnp.stack([0.25 * before + 0.75 * x, 0.75 * x + 0.25 * after], axis=1)
    return pairs.reshape(2 * x.shape[0], *x.shape[1:])
