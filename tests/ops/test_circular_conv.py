"""The fast circular convolution equals its definition: values, gradients and second derivatives."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax import lax

from ode_appearance.ops import circular_conv

SHAPES = [
    (1, 1, 1, 1),
    (1, 5, 2, 3),
    (3, 4, 1, 2),
    (4, 4, 2, 2),
    (16, 9, 3, 5),
    (4, 4, 128, 2),
    (12, 7, 130, 3),
    (6, 8, 128, 2),
]


def by_definition(x, kernel):
    """Periodic padding, then a "VALID" convolution."""
    padded = jnp.pad(x, ((1, 1), (1, 1), (0, 0)), mode="wrap")
    return lax.conv_general_dilated(padded[None], kernel, (1, 1), "VALID", dimension_numbers=("NHWC", "HWIO", "NHWC"))[0]


def image_and_kernel(shape, seed=0):
    height, width, inputs, outputs = shape
    random = np.random.default_rng(seed)
    x = random.standard_normal((height, width, inputs), np.float32)
    kernel = random.standard_normal((3, 3, inputs, outputs), np.float32) / np.float32(inputs**0.5)
    return jnp.asarray(x), jnp.asarray(kernel)


def derivatives(convolve, shape):
    """A function that returns the result, and first and second derivatives (of a nonlinear loss) by image and kernel."""
    height, width, _, outputs = shape
    weights = jnp.asarray(np.random.default_rng(1).standard_normal((height, width, outputs), np.float32))

    def first(x, kernel):
        return jax.grad(lambda x, kernel: jnp.sum(weights * jnp.sin(convolve(x, kernel))), (0, 1))(x, kernel)

    def second(x, kernel):
        return jax.grad(lambda x, kernel: sum(jnp.sum(gradient**2) for gradient in first(x, kernel)), (0, 1))(x, kernel)

    return jax.jit(lambda x, kernel: (convolve(x, kernel), *first(x, kernel), *second(x, kernel)))


@pytest.mark.parametrize("shape", SHAPES)
def test_values_gradients_and_second_derivatives(shape):
    x, kernel = image_and_kernel(shape)
    ours = derivatives(circular_conv.circular_convolution, shape)(x, kernel)
    expected = derivatives(by_definition, shape)(x, kernel)
    for result, other in zip(ours, expected, strict=True):
        np.testing.assert_allclose(result, other, rtol=1e-4, atol=1e-5 * float(jnp.abs(other).max()))


def test_batches():
    x, kernel = image_and_kernel((5, 6, 3, 2))
    batch = jnp.stack([x, 2 * x, x[::-1]])
    ours = jax.jit(jax.vmap(circular_conv.circular_convolution, (0, None)))(batch, kernel)
    expected = jax.jit(jax.vmap(by_definition, (0, None)))(batch, kernel)
    np.testing.assert_allclose(ours, expected, rtol=1e-5, atol=1e-5)


def test_rolling_the_image_rolls_the_result():
    x, kernel = image_and_kernel((8, 12, 3, 4))
    rolled = circular_conv.circular_convolution(jnp.roll(x, (3, 5), (0, 1)), kernel)
    expected = jnp.roll(circular_conv.circular_convolution(x, kernel), (3, 5), (0, 1))
    np.testing.assert_allclose(rolled, expected, rtol=1e-5, atol=1e-5)


# All formulations, including those of other platforms


@pytest.mark.parametrize("formulation", ["_by_padding", "_on_cpu"])
@pytest.mark.parametrize("shape", SHAPES)
def test_each_formulation_has_the_same_values(formulation, shape):
    x, kernel = image_and_kernel(shape)
    ours = jax.jit(getattr(circular_conv, formulation))(x, kernel)
    np.testing.assert_allclose(ours, jax.jit(by_definition)(x, kernel), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("shape", [*SHAPES, (2, 3, 4, 2), (1, 1, 6, 3)])
def test_each_formulation_of_the_kernel_gradient_has_the_same_values(shape):
    x, kernel = image_and_kernel(shape)
    gradient = jax.random.normal(jax.random.PRNGKey(2), (*x.shape[:2], kernel.shape[-1]))
    ours = jax.jit(circular_conv._by_one_product)(x, gradient)
    np.testing.assert_allclose(ours, jax.jit(circular_conv._by_transposition)(x, gradient), rtol=1e-4, atol=1e-4)
