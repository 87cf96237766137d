"""The layers agree with their definitions in double precision."""

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from figures import random_weights
from scipy.special import softmax

from ode_appearance.models.layers import ConvBlock, LinearAttention, time_embedding

PICTURES = {
    "plain": lambda random, shape: random.standard_normal(shape),
    "far from zero": lambda random, shape: 100 + random.standard_normal(shape),
    "channels far from each other": lambda random, shape: random.standard_normal(shape) + 30 * np.arange(shape[-1]),
    "one outlier pixel": lambda random, shape: (
        random.standard_normal(shape) + 300 * (np.arange(shape[0] * shape[1]).reshape(*shape[:2], 1) == 0)
    ),
    "low contrast": lambda random, shape: 1e-3 * random.standard_normal(shape),
}


def picture(kind, shape=(8, 12, 16)):
    return PICTURES[kind](np.random.default_rng(0), shape).astype(np.float32)


def normalised(x, groups, weight, bias):
    """GroupNorm by its definition."""
    x = np.asarray(x, np.float64)
    grouped = x.reshape(*x.shape[:2], groups, -1)
    mean, variance = grouped.mean((0, 1, 3), keepdims=True), grouped.var((0, 1, 3), keepdims=True)
    return ((grouped - mean) / np.sqrt(variance + 1e-5)).reshape(x.shape) * weight + bias


def as_float64(array):
    return np.asarray(array, np.float64)


@pytest.mark.parametrize("kind", PICTURES)
@pytest.mark.parametrize("sigmoid", [False, True])
def test_a_block_without_time_is_convolution_norm_activation(kind, sigmoid):
    block = random_weights(ConvBlock, 16, 16, 1, None, sigmoid=sigmoid)
    x = picture(kind)
    convolved = as_float64(x) @ as_float64(block.proj.weight[:, :, 0, 0]).T + as_float64(block.proj.bias[:, 0, 0])
    y = normalised(convolved, 4, as_float64(block.norm.weight), as_float64(block.norm.bias))
    gate = 1 / (1 + np.exp(-y))
    error = np.abs(eqx.filter_jit(block)(jnp.asarray(x), None) - (gate if sigmoid else y * gate)).max()
    assert error < 2e-4 if kind != "plain" else error < 1e-5


def test_time_scales_and_shifts_the_normalised_values():
    block = random_weights(ConvBlock, 8, 16, 3, 10)
    x, time = picture("plain", (8, 12, 8)), np.random.default_rng(1).standard_normal(10)
    padded = np.pad(as_float64(x), ((1, 1), (1, 1), (0, 0)), mode="wrap")
    kernel = as_float64(block.proj.weight)
    convolved = sum(padded[i : i + 8, j : j + 12] @ kernel[:, :, i, j].T for i in range(3) for j in range(3))
    y = normalised(convolved + as_float64(block.proj.bias[:, 0, 0]), 4, 1, 0)
    scale, shift = np.split(as_float64(block.mlp.weight) @ (time / (1 + np.exp(-time))) + as_float64(block.mlp.bias), 2)
    y = y * (1 + scale) + shift
    np.testing.assert_allclose(eqx.filter_jit(block)(jnp.asarray(x), jnp.float32(time)), y / (1 + np.exp(-y)), atol=1e-5)


@pytest.mark.parametrize("kind", PICTURES)
def test_linear_attention_equals_its_definition(kind):
    heads, width = 2, 4
    attention = random_weights(LinearAttention, 16, heads, width)
    x = picture(kind)
    y = normalised(x, 4, as_float64(attention.norm.weight), as_float64(attention.norm.bias)).reshape(-1, 16)
    qkv = y @ as_float64(attention.to_qkv.weight[:, :, 0, 0]).T + as_float64(attention.to_qkv.bias[:, 0, 0])
    q, k, v = qkv.reshape(-1, 3, heads, width).transpose(1, 2, 0, 3)
    context = softmax(k, axis=1).swapaxes(1, 2) @ v
    out = (q @ context).transpose(1, 0, 2).reshape(-1, heads * width)
    out = out @ as_float64(attention.to_out.weight[:, :, 0, 0]).T + as_float64(attention.to_out.bias[:, 0, 0])
    error = np.abs(eqx.filter_jit(attention)(jnp.asarray(x)) - (x + out.reshape(x.shape))).max() / np.abs(out).max()
    assert error < 2e-4 if kind != "plain" else error < 1e-5


@pytest.mark.parametrize("kind", PICTURES)
def test_gradients_through_the_normalisation(kind):
    block = random_weights(ConvBlock, 16, 16, 1, None)
    x = picture(kind)

    def by_definition(x):
        y = x @ block.proj.weight[:, :, 0, 0].T + block.proj.bias[:, 0, 0]
        y = y.reshape(8 * 12, 4, 4)
        y = (y - y.mean((0, 2), keepdims=True)) / jnp.sqrt(y.var((0, 2), keepdims=True) + 1e-5)
        return jax.nn.silu(y.reshape(8, 12, 16) * block.norm.weight + block.norm.bias)

    weights = jnp.asarray(picture("plain"))
    with jax.enable_x64(True):
        expected = np.asarray(jax.jit(jax.grad(lambda x: jnp.sum(weights * by_definition(x))))(np.asarray(x, np.float64)))
    ours = jax.jit(jax.grad(lambda x: jnp.sum(weights * block(x, None))))(x)
    assert np.abs(np.asarray(ours) - expected).max() < 2e-3 * np.abs(expected).max()


def test_time_embedding_equals_its_formula():
    e = 2.5 * np.exp(-np.log(10_000) / 7 * np.arange(8))
    np.testing.assert_allclose(time_embedding(jnp.float32(2.5), 16), np.concatenate([np.sin(e), np.cos(e)]), atol=1e-6)


def test_zero_initialisation():
    block = eqx.filter_jit(ConvBlock)(16, 16, 3, 8, key=jax.random.PRNGKey(3))
    assert not np.any(block.mlp.weight) and not np.any(block.mlp.bias)
    assert np.any(block.proj.weight) and np.any(block.proj.bias)
    x = jnp.asarray(picture("plain"))
    attention = eqx.filter_jit(LinearAttention)(16, 2, 4, key=jax.random.PRNGKey(3))
    np.testing.assert_array_equal(eqx.filter_jit(attention)(x), x)
