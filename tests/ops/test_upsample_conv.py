"""The fused upsampling and convolution equals the two operations: values and gradients, also at the border."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ode_appearance.ops import upsample_conv
from ode_appearance.ops.circular_conv import any_derivative, circular_convolution
from ode_appearance.ops.resize import upsample_by_two

BOUNDARIES = ["published", "periodic"]
SHAPES = [(1, 1, 1, 1), (3, 8, 2, 2), (4, 4, 2, 3), (5, 7, 3, 2), (8, 12, 4, 4)]


def by_definition(x, kernel, boundary):
    return circular_convolution(upsample_by_two(x, boundary), kernel)


def image_and_kernel(shape):
    random = np.random.default_rng(0)
    height, width, inputs, outputs = shape
    image, kernel = (height, width, inputs), (3, 3, inputs, outputs)
    return tuple(jnp.asarray(random.standard_normal(shape, np.float32)) for shape in (image, kernel))


def with_gradients(function, boundary):
    """A function that returns a nonlinear loss with the result, and its gradients."""

    def loss(x, kernel):
        result = function(x, kernel, boundary)
        return jnp.sum(jnp.sin(result)), result

    return jax.jit(lambda *arguments: jax.value_and_grad(loss, (0, 1), has_aux=True)(*arguments))


@pytest.mark.parametrize("boundary", BOUNDARIES)
@pytest.mark.parametrize("shape", SHAPES)
def test_values_and_gradients(shape, boundary):
    arguments = image_and_kernel(shape)
    (_, result), gradients = with_gradients(upsample_conv.upsample_and_convolve, boundary)(*arguments)
    (_, expected), expected_gradients = with_gradients(by_definition, boundary)(*arguments)
    np.testing.assert_allclose(result, expected, atol=2e-5)
    for ours, theirs in zip(gradients, expected_gradients, strict=True):
        np.testing.assert_allclose(ours, theirs, atol=1e-4 * max(1, float(jnp.abs(theirs).max())))


@pytest.mark.parametrize("boundary", BOUNDARIES)
def test_the_fused_formulation(boundary):
    """On every platform, even where it is not the default."""
    x, kernel = image_and_kernel((6, 9, 3, 2))
    ours = jax.jit(upsample_conv._fused, static_argnums=2)(x, kernel, boundary)
    np.testing.assert_allclose(ours, by_definition(x, kernel, boundary), atol=1e-5)


def test_batches():
    x, kernel = image_and_kernel((5, 6, 3, 2))
    batch = jnp.stack([x, 2 * x, x[::-1]])
    ours = jax.vmap(upsample_conv.upsample_and_convolve, (0, None, None))(batch, kernel, "published")
    expected = jnp.stack([by_definition(each, kernel, "published") for each in batch])
    np.testing.assert_allclose(ours, expected, atol=2e-5)


def test_forward_derivatives_inside_any_derivative():
    x, kernel = image_and_kernel((4, 6, 2, 2))
    with any_derivative():
        _, ours = jax.jvp(lambda x: upsample_conv.upsample_and_convolve(x, kernel, "published"), (x,), (jnp.ones_like(x),))
    np.testing.assert_allclose(ours, by_definition(jnp.ones_like(x), kernel, "published"), atol=1e-5)
