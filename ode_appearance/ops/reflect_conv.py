"""3x3 convolution with reflection padding, as in the VGG features, and its gradient, in fast formulations.

On a CPU, XLA's own gradient of a convolution, and convolutions of few pixels with many channels, run well below the rate
of a matrix product. The gradient with respect to the image is therefore written out: a convolution with the rotated kernel,
whose border is folded back. Small maps are convolved by one product of all 3x3 neighbourhoods with the kernel.
"""

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from .conv import correlate

# Pixels up to which gathering the neighbourhoods costs less than the matrix product saves (measured).
_SMALL = 16 * 16


@jax.custom_vjp
def reflecting_convolution(
    x: Float[Array, "h w inputs"], kernel: Float[Array, "3 3 inputs outputs"]
) -> Float[Array, "h w outputs"]:
    """Cross-correlation with a 3x3 kernel of an image padded by reflection about its outermost pixels.

    h and w are at least 2. Reverse-differentiable with respect to the image only; the kernel is a constant.
    """
    small = x.shape[0] * x.shape[1] <= _SMALL
    padded = _reflect(_reflect(x, 0), 1)
    return lax.platform_dependent(padded, kernel, cpu=_by_product if small else _by_library, default=_by_library)


def _forward(x, kernel):
    return reflecting_convolution(x, kernel), kernel


def _backward(kernel, gradient):
    small = gradient.shape[0] * gradient.shape[1] <= _SMALL
    padded = lax.platform_dependent(
        gradient, kernel, cpu=_transposed_product if small else _transposed_library, default=_transposed_library
    )
    return _fold(_fold(padded, 0), 1), None


reflecting_convolution.defvjp(_forward, _backward)


def _reflect(x, axis):
    """Pad by one pixel at both ends of an axis."""
    n = x.shape[axis]
    first, last = lax.slice_in_dim(x, 1, 2, axis=axis), lax.slice_in_dim(x, n - 2, n - 1, axis=axis)
    return jnp.concatenate([first, x, last], axis=axis)


def _fold(x, axis):
    """The transpose of `_reflect`: add the padding to the pixels it was copied from, and drop it."""
    x = jnp.moveaxis(x, axis, 0)
    inner = x[1:-1].at[1].add(x[0])
    inner = inner.at[-2].add(x[-1])
    return jnp.moveaxis(inner, 0, axis)


def _by_library(padded, kernel):
    return correlate(padded, kernel, "VALID")


def _transposed_library(gradient, kernel):
    return correlate(gradient, jnp.swapaxes(kernel[::-1, ::-1], 2, 3), ((2, 2), (2, 2)))


def _by_product(padded, kernel):
    h, w = padded.shape[0] - 2, padded.shape[1] - 2
    shifted = [padded[row : row + h, column : column + w] for row in range(3) for column in range(3)]
    neighbourhoods = jnp.concatenate(shifted, axis=2).reshape(h * w, -1)
    return (neighbourhoods @ kernel.reshape(neighbourhoods.shape[1], -1)).reshape(h, w, -1)


def _transposed_product(gradient, kernel):
    h, w, _ = gradient.shape
    padded = jax.ShapeDtypeStruct((h + 2, w + 2, kernel.shape[2]), gradient.dtype)
    return jax.linear_transpose(lambda padded: _by_product(padded, kernel), padded)(gradient)[0]
