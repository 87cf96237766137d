"""Enlargement by two and the circular 3x3 convolution after it, in 4/9 of the multiplications.

The bilinear stencil (1, 3, 3, 1)/4 is (1, 1) followed by (1, 2, 1)/4: every pixel twice, then smoothed. A convolution can
as well come between the two. What it sees then are pixels that stand twice: of three taps two always fall on the same one,
and 2x2 taps on the small image do the work of 3x3 on the large one. Smoothing is cheap, and comes last.
"""

import functools

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from ..config.schema import Boundary
from .circular_conv import any_derivative_wanted, circular_convolution
from .conv import correlate, wrap
from .resize import double


def enlarge_and_convolve(
    x: Float[Array, "h w inputs"], kernel: Float[Array, "3 3 inputs outputs"], boundary: Boundary
) -> Float[Array, "2*h 2*w outputs"]:
    """`circular_convolution(double(x, boundary), kernel)`, to rounding; reverse-differentiable."""
    return (_step_by_step if any_derivative_wanted() else _fast)(x, kernel, boundary)


def _step_by_step(x, kernel, boundary):
    return circular_convolution(double(x, boundary), kernel)


@functools.partial(jax.custom_vjp, nondiff_argnums=(2,))
def _fast(x, kernel, boundary):
    if min(x.shape[:2]) < 4:
        return _step_by_step(x, kernel, boundary)
    by_repetition, step_by_step = (functools.partial(way, boundary=boundary) for way in (_by_repetition, _step_by_step))
    return lax.platform_dependent(x, kernel, cpu=by_repetition, default=step_by_step)


def _forward(x, kernel, boundary):
    return _fast(x, kernel, boundary), (x, kernel)


def _backward(boundary, residuals, gradient):
    return jax.vjp(functools.partial(_step_by_step, boundary=boundary), *residuals)[1](gradient)


_fast.defvjp(_forward, _backward)


def _by_repetition(x, kernel, boundary):
    before, at = (_smooth_columns(_repeated(x, taps)) for taps in _two_taps(kernel))
    even, odd = before[:-1] + 2 * at[:-1] + before[1:], at[:-1] + 2 * before[1:] + at[1:]
    result = jnp.stack([even, odd], axis=1).reshape(2 * x.shape[0], 2 * x.shape[1], -1) / 16
    # Smoothing and convolving in the other order differ where the border is near: the two outermost pixels are done anew.
    rows = correlate(wrap(_around_seam(x, boundary))[1:-1], kernel, "VALID")
    columns = _around_seam(x.swapaxes(0, 1), boundary).swapaxes(0, 1)
    columns = correlate(wrap(columns)[:, 1:-1], kernel, "VALID")
    height, width, _ = result.shape
    result = lax.dynamic_update_slice(result, rows[:2], (height - 2, 0, 0))
    result = lax.dynamic_update_slice(result, rows[2:], (0, 0, 0))
    result = lax.dynamic_update_slice(result, columns[:, :2], (0, width - 2, 0))
    return lax.dynamic_update_slice(result, columns[:, 2:], (0, 0, 0))


def _two_taps(kernel):
    """The first axis' three taps on an image whose pixels stand twice, as two on the image itself, i - 1 and i.

    One kernel for the place 2i - 1, which has pixel i - 1 on two of its taps, and one for 2i, which has pixel i.
    """
    first, second, third = kernel
    return jnp.stack([first + second, third]), jnp.stack([first, second + third])


def _repeated(x, taps):
    """Rows 2i - 1 or 2i, i = 0 ... h, as the taps are, of the convolved image of twofold pixels; columns -1 ... 2w."""
    height, width, _ = x.shape
    # Both kernels of the columns at once: their channels, side by side, are two pixels side by side.
    both = jnp.concatenate([pair.swapaxes(0, 1) for pair in _two_taps(taps.swapaxes(0, 1))], axis=-1)
    return correlate(x, both, ((1, 1), (1, 1))).reshape(height + 1, 2 * (width + 1), -1)


def _smooth_columns(rows):
    return rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:]


def _around_seam(x, boundary):
    """Rows -3, -2, -1, 0, 1 and 2 of the enlarged image."""
    if boundary == "periodic":
        return double(jnp.concatenate([x[-2:], x[:2]]), boundary)[1:-1]
    return jnp.concatenate([double(x[-2:], boundary)[1:], double(x[:2], boundary)[:3]])
