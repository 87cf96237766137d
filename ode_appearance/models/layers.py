"""The layers of the vector field, on single channels-last images (h, w, c).

Weights are held by equinox's layers with their shapes (kernels (out, in, 3, 3)) and initialisation, so that the leaves match
those of a published checkpoint one by one. The computation is written here, in the faster channels-last layout.
"""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from ..config.schema import Boundary
from ..ops.circular_conv import circular_convolution
from ..ops.resize import downsample_by_two
from ..ops.upsample_conv import upsample_and_convolve


def time_embedding(t: Float[Array, ""], dim: int) -> Float[Array, " dim"]:
    """(sin e, cos e) with e = t exp(-ln(10000) k / (dim/2 - 1)), k = 0 ... dim/2 - 1 (Vaswani et al. 2017)."""
    half = dim // 2
    e = t * jnp.exp(-math.log(10_000) / (half - 1) * jnp.arange(half))
    return jnp.concatenate([jnp.sin(e), jnp.cos(e)])


def zero_initialised(layer):
    """The layer with weight and bias set to zero."""
    return eqx.tree_at(lambda leaf: (leaf.weight, leaf.bias), layer, replace_fn=jnp.zeros_like)


def convolve(layer: eqx.nn.Conv2d, x: Float[Array, "h w inputs"]) -> Float[Array, "h w outputs"]:
    """Apply a 1x1 convolution, or a 3x3 one with circular padding."""
    if layer.kernel_size == (1, 1):
        return x @ layer.weight[:, :, 0, 0].T + layer.bias[:, 0, 0]
    return circular_convolution(x, layer.weight.transpose(2, 3, 1, 0)) + layer.bias[:, 0, 0]


def silu(x: Array) -> Array:
    """x sigmoid(x), written with tanh: XLA's CPU backend vectorises tanh but not the exponential."""
    return 0.5 * x * (1 + jnp.tanh(0.5 * x))


def group_norm(
    x: Float[Array, "h w c"], groups: int, eps: float, scale: Float[Array, " c"], shift: Float[Array, " c"]
) -> tuple[Float[Array, " c"], Float[Array, " c"]]:
    """Group normalization as one affine map per channel.

    Returns:
        (factor, offset): `x * factor + offset` has groups of channels normalised to mean 0 and variance 1 over all pixels,
        then multiplied by `scale` plus `shift`.

    Source:
        Wu and He, "Group normalization", ECCV 2018.
    """
    # Moments about one value of each channel, not about zero: a single pass without cancellation where the mean is large.
    origin = jax.lax.stop_gradient(x[0, 0])
    away = x - origin
    first, second = jnp.mean(away, axis=(0, 1)), jnp.mean(away * away, axis=(0, 1))

    def over_group(values):
        return jnp.repeat(values.reshape(groups, -1).mean(axis=1), x.shape[-1] // groups)

    mean = over_group(first + origin)
    departure = mean - origin  # of the group's mean from the channel's origin
    variance = over_group(second - 2 * departure * first + departure**2)
    factor = scale * jax.lax.rsqrt(variance + eps)
    return factor, shift - mean * factor


class ConvBlock(eqx.Module):
    """Convolution, GroupNorm, scale and shift from the time embedding (or a learned affine map), activation."""

    proj: eqx.nn.Conv2d
    norm: eqx.nn.GroupNorm
    mlp: eqx.nn.Linear | None
    sigmoid: bool = eqx.field(static=True)

    def __init__(self, inputs: int, outputs: int, kernel: int, time_dim: int | None, *, sigmoid=False, key: PRNGKeyArray):
        conv_key, time_key = jax.random.split(key)
        self.proj = eqx.nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, padding_mode="CIRCULAR", key=conv_key)
        groups = min(outputs // 4, 32)
        self.norm = eqx.nn.GroupNorm(groups, outputs, channelwise_affine=time_dim is None)
        self.mlp = None if time_dim is None else zero_initialised(eqx.nn.Linear(time_dim, 2 * outputs, key=time_key))
        self.sigmoid = sigmoid

    def __call__(self, x: Float[Array, "h w inputs"], time: Float[Array, " time_dim"] | None) -> Float[Array, "h w outputs"]:
        if self.mlp is None:
            scale, shift = self.norm.weight, self.norm.bias
        else:
            scale, shift = jnp.split(self.mlp(jax.nn.silu(time)), 2)
            scale = 1 + scale
        x = convolve(self.proj, x)
        factor, offset = group_norm(x, self.norm.groups, self.norm.eps, scale, shift)
        x = x * factor + offset
        return jax.nn.sigmoid(x) if self.sigmoid else silu(x)


class LinearAttention(eqx.Module):
    """Residual linear attention: softmax of the keys over the pixels, values summed into a context, queried by each pixel.

    Source:
        Shen et al., "Efficient attention: attention with linear complexities", WACV 2021; without softmax on the queries.
    """

    norm: eqx.nn.GroupNorm
    to_qkv: eqx.nn.Conv2d
    to_out: eqx.nn.Conv2d
    heads: int = eqx.field(static=True)

    def __init__(self, channels: int, heads: int, head_dim: int, *, key: PRNGKeyArray):
        in_key, out_key = jax.random.split(key)
        self.norm = eqx.nn.GroupNorm(min(channels // 4, 32), channels)
        self.to_qkv = eqx.nn.Conv2d(channels, 3 * heads * head_dim, 1, key=in_key)
        self.to_out = zero_initialised(eqx.nn.Conv2d(heads * head_dim, channels, 1, key=out_key))
        self.heads = heads

    def __call__(self, x: Float[Array, "h w c"]) -> Float[Array, "h w c"]:
        h, w, channels = x.shape
        factor, offset = group_norm(x, self.norm.groups, self.norm.eps, self.norm.weight, self.norm.bias)
        pixels = x.reshape(h * w, channels)
        query, key, value = self.to_qkv.weight[:, :, 0, 0].reshape(3, -1, channels)
        query_bias, _, value_bias = self.to_qkv.bias.reshape(3, -1)
        # The keys' bias and the offset's contribution are equal at every pixel, and cancel in the softmax.
        logits = pixels @ (key * factor).T
        weights = jnp.exp(logits - jax.lax.stop_gradient(logits.max(axis=0)))
        # Values and queries are linear in the pixels, so pixels are summed first and projected afterwards:
        # (k^T x) W instead of k^T (x W). The whole layer becomes one matrix that multiplies every pixel.
        gathered = (weights.T @ pixels) / weights.sum(axis=0)[:, None] * factor + offset
        head = jnp.repeat(jnp.arange(self.heads), query.shape[0] // self.heads)
        same_head = head[:, None] == head
        context = jnp.where(same_head, gathered @ value.T + value_bias, 0)
        out = context @ self.to_out.weight[:, :, 0, 0].T
        matrix = query.T @ out
        constant = query_bias @ out + self.to_out.bias[:, 0, 0] + offset @ matrix
        # The residual is part of the matrix: otherwise XLA would recompute the sum for each later use of the result.
        return (pixels @ (jnp.eye(channels) + factor[:, None] * matrix) + constant).reshape(h, w, channels)


class Resample(eqx.Module):
    """Resampling by 1/2 or 2, then a 3x3 circular convolution."""

    conv: eqx.nn.Conv2d
    upsample: bool = eqx.field(static=True)
    boundary: Boundary = eqx.field(static=True)

    def __init__(self, inputs: int, outputs: int, *, upsample: bool, boundary: Boundary, key: PRNGKeyArray):
        self.conv = eqx.nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode="CIRCULAR", key=key)
        self.upsample = upsample
        self.boundary = boundary

    def __call__(self, x: Float[Array, "h w inputs"]) -> Float[Array, "h2 w2 outputs"]:
        if not self.upsample:
            return convolve(self.conv, downsample_by_two(x, self.boundary))
        return upsample_and_convolve(x, self.conv.weight.transpose(2, 3, 1, 0), self.boundary) + self.conv.bias[:, 0, 0]
