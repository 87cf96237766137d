"""Upsampling by two followed by a circular 3x3 convolution, in 4/9 of the multiplications.

The bilinear stencil (1, 3, 3, 1)/4 is (1, 1) followed by (1, 2, 1)/4: every pixel is repeated, then smoothed. The convolution
commutes with the smoothing, so it runs on the repeated pixels, where two of three taps always fall on the same pixel: 2x2 taps
on the small image replace 3x3 taps on the large one. The cheap smoothing comes last.
"""

import functools

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from ..config.schema import Boundary
from .circular_conv import any_derivative_requested, circular_convolution
from .conv import correlate, wrap
from .resize import upsample_by_two


def upsample_and_convolve(
    x: Float[Array, "h w inputs"], kernel: Float[Array, "3 3 inputs outputs"], boundary: Boundary
) -> Float[Array, "2*h 2*w outputs"]:
    """`circular_convolution(upsample_by_two(x, boundary), kernel)` up to rounding; reverse-differentiable."""
    return (_two_operations if any_derivative_requested() else _fast)(x, kernel, boundary)


def _two_operations(x, kernel, boundary):
    return circular_convolution(upsample_by_two(x, boundary), kernel)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def _fast(x, kernel, boundary):
    if min(x.shape[:2]) < 4:
        return _two_operations(x, kernel, boundary)
    fused, two_operations = (functools.partial(variant, boundary=boundary) for variant in (_fused, _two_operations))
    return lax.platform_dependent(x, kernel, cpu=fused, default=two_operations)


def _forward(x, kernel, boundary):
    return _fast(x, kernel, boundary), (x, kernel)


def _backward(boundary, residuals, gradient):
    return jax.vjp(functools.partial(_two_operations, boundary=boundary), *residuals)[1](gradient)


_fast.defvjp(_forward, _backward)


def _fused(x, kernel, boundary):
    before, at = (_smooth_columns(_repeated(x, taps)) for taps in _two_taps(kernel))
    even, odd = before[:-1] + 2 * at[:-1] + before[1:], at[:-1] + 2 * before[1:] + at[1:]
    result = jnp.stack([even, odd], axis=1).reshape(2 * x.shape[0], 2 * x.shape[1], -1) / 16
    # Smoothing and convolution do not commute at the border: recompute the two outermost rows and columns.
    rows = correlate(wrap(_around_seam(x, boundary))[1:-1], kernel, "VALID")
    columns = _around_seam(x.swapaxes(0, 1), boundary).swapaxes(0, 1)
    columns = correlate(wrap(columns)[:, 1:-1], kernel, "VALID")
    height, width, _ = result.shape
    result = lax.dynamic_update_slice(result, rows[:2], (height - 2, 0, 0))
    result = lax.dynamic_update_slice(result, rows[2:], (0, 0, 0))
    result = lax.dynamic_update_slice(result, columns[:, :2], (0, width - 2, 0))
    return lax.dynamic_update_slice(result, columns[:, 2:], (0, 0, 0))


def _two_taps(kernel):
    """Three taps along the first axis on an image of repeated pixels, as two taps, i - 1 and i, on the original image.

    One kernel for row 2i - 1, where pixel i - 1 falls on two taps, and one for row 2i, where pixel i does.
    """
    first, second, third = kernel
    return jnp.stack([first + second, third]), jnp.stack([first, second + third])


def _repeated(x, taps):
    """Rows 2i - 1 or 2i (depending on `taps`), i = 0 ... h, columns -1 ... 2w, of the convolved image of repeated pixels."""
    height, width, _ = x.shape
    # Both column kernels at once: concatenated output channels are two neighbouring pixels.
    both = jnp.concatenate([pair.swapaxes(0, 1) for pair in _two_taps(taps.swapaxes(0, 1))], axis=-1)
    return correlate(x, both, ((1, 1), (1, 1))).reshape(height + 1, 2 * (width + 1), -1)


def _smooth_columns(rows):
    return rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]


def _around_seam(x, boundary):
    """Rows -3, -2, -1, 0, 1 and 2 of the upsampled image."""
    if boundary == "periodic":
        return upsample_by_two(jnp.concatenate([x[-2:], x[:2]]), boundary)[1:-1]
    return jnp.concatenate([upsample_by_two(x[-2:], boundary)[1:], upsample_by_two(x[:2], boundary)[:3]])
