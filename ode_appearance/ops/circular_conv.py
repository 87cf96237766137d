"""3x3 convolution with circular padding, in the fastest formulation of each platform.

XLA's CPU backend runs a zero-padded "SAME" convolution nearly as fast as a matrix product, but a convolution of an explicitly
padded image several times slower. On a CPU the image is therefore convolved with zero padding, and the four border strips,
the only pixels that the padding affects, are convolved again with their true neighbours. The result equals circular padding.
With many channels, Winograd's method halves the multiplications (winograd.py). On other platforms the image is padded and
convolved directly.
"""

import contextlib
import contextvars

import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from .conv import correlate, wrap
from .winograd import winograd_convolution

_MANY_CHANNELS = 128
"""Input channels from which Winograd's method is faster, measured on the published networks."""

_any_derivative = contextvars.ContextVar("any_derivative", default=False)


@contextlib.contextmanager
def any_derivative():
    """Context manager: convolutions traced inside support forward-mode and higher derivatives, but run slower."""
    token = _any_derivative.set(True)
    try:
        yield
    finally:
        _any_derivative.reset(token)


def any_derivative_requested() -> bool:
    """Whether the caller is inside `any_derivative`."""
    return _any_derivative.get()


def circular_convolution(
    x: Float[Array, "h w inputs"], kernel: Float[Array, "3 3 inputs outputs"]
) -> Float[Array, "h w outputs"]:
    """Cross-correlation of a periodic image with a 3x3 kernel; reverse-differentiable (see `any_derivative` for more)."""
    return (_convolution if any_derivative_requested() else _fast_backward)(x, kernel)


def _convolution(x, kernel):
    return lax.platform_dependent(x, kernel, cpu=_on_cpu, default=_by_padding)


@jax.custom_vjp
def _fast_backward(x, kernel):
    return _convolution(x, kernel)


def _forward(x, kernel):
    return _convolution(x, kernel), (x, kernel)


def _backward(residuals, gradient):
    x, kernel = residuals
    # The adjoint of a circular correlation: rotate the kernel by 180 degrees and swap its channel axes.
    adjoint_kernel = jnp.swapaxes(kernel[::-1, ::-1], 2, 3)
    return _fast_backward(gradient, adjoint_kernel), _kernel_gradient(x, gradient)


_fast_backward.defvjp(_forward, _backward)


def _by_padding(x, kernel):
    return correlate(wrap(x), kernel, "VALID")


def _on_cpu(x, kernel):
    height, width, inputs = x.shape
    if min(height, width) < 4:
        return _by_padding(x, kernel)
    if inputs >= _MANY_CHANNELS and height % 4 == 0:
        return winograd_convolution(x, kernel)
    return _by_border_strips(x, kernel)


def _by_border_strips(x, kernel):
    height, width, _ = x.shape
    inner = correlate(x, kernel, "SAME")
    # The last two and first two rows, padded by one, give the last and the first row of the result; columns likewise.
    rows = correlate(wrap(jnp.concatenate([x[-2:], x[:2]], axis=0))[1:-1], kernel, "VALID")
    columns = correlate(wrap(jnp.concatenate([x[:, -2:], x[:, :2]], axis=1))[:, 1:-1], kernel, "VALID")
    inner = lax.dynamic_update_slice(inner, rows[:1], (height - 1, 0, 0))
    inner = lax.dynamic_update_slice(inner, rows[1:], (0, 0, 0))
    inner = lax.dynamic_update_slice(inner, columns[:, :1], (0, width - 1, 0))
    return lax.dynamic_update_slice(inner, columns[:, 1:], (0, 0, 0))


def _kernel_gradient(x, gradient):
    return lax.platform_dependent(x, gradient, cpu=_by_one_product, default=_by_transposition)


def _by_one_product(x, gradient):
    # One matrix product over all pixels. Few output channels: the image times the gradient at all nine shifts. Otherwise: both
    # at three shifts each. The condition selects the variant that writes less memory.
    inputs, outputs = x.shape[-1], gradient.shape[-1]
    if inputs >= 2 * outputs:
        shifted = _shifted(_shifted(gradient, 0, -1), 1, -1)
        products = _over_pixels(x, shifted).reshape(inputs, 3, 3, outputs)
        return products.transpose(2, 1, 0, 3)
    products = _over_pixels(_shifted(x, 1, 1), _shifted(gradient, 0, -1))
    return products.reshape(3, inputs, 3, outputs).transpose(2, 0, 1, 3)


def _shifted(x, axis, sign):
    """Concatenate along the channels: the image shifted by `sign`, the image, the image shifted by -`sign`."""
    return jnp.concatenate([jnp.roll(x, sign * step, axis) for step in (1, 0, -1)], axis=2)


def _over_pixels(a, b):
    return a.reshape(-1, a.shape[-1]).T @ b.reshape(-1, b.shape[-1])


def _by_transposition(x, gradient):
    kernel_shape = jax.ShapeDtypeStruct((3, 3, x.shape[-1], gradient.shape[-1]), x.dtype)
    return jax.linear_transpose(lambda kernel: _by_padding(x, kernel), kernel_shape)(gradient)[0]
