"""The layers of the vector field, on single channels-last images (h, w, c).

Weights live in equinox's own layers, shaped and initialised as they come (kernels (out, in, 3, 3)), so that a published
checkpoint's leaves fit one by one; what is computed with them is written here, in the layout that runs fast.
"""

import math

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from .config import Boundary
from .convolution import circular_convolution
from .resampling import double, halve


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


def group_norm(
    x: Float[Array, "h w c"], groups: int, eps: float, scale: Float[Array, " c"], shift: Float[Array, " c"]
) -> Float[Array, "h w c"]:
    """Normalise groups of channels to mean 0 and variance 1 over all pixels, then multiply by `scale` and add `shift`.

    Wu and He, "Group normalization", ECCV 2018.
    """
    h, w, channels = x.shape
    pixels = x.reshape(h * w, channels)

    def group_mean(values):
        # Sums over the pixels are matrix products, which XLA's CPU backend runs faster than its reductions.
        sums = jnp.ones((1, h * w), x.dtype) @ values
        means = (sums / (h * w)).reshape(groups, -1).mean(axis=1)
        return jnp.repeat(means, channels // groups)

    centred = pixels - group_mean(pixels)
    factor = scale * jax.lax.rsqrt(group_mean(centred**2) + eps)
    return (centred * factor + shift).reshape(h, w, channels)


class ConvBlock(eqx.Module):
    """Convolution, GroupNorm, scale and shift by the time embedding (or a learned affine), activation."""

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
        x = group_norm(convolve(self.proj, x), self.norm.groups, self.norm.eps, scale, shift)
        return jax.nn.sigmoid(x) if self.sigmoid else jax.nn.silu(x)


class LinearAttention(eqx.Module):
    """Residual linear attention: keys softmaxed over the pixels, values gathered into a context, queried by each pixel.

    Shen et al., "Efficient attention: attention with linear complexities", WACV 2021, with no softmax on the queries.
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
        h, w, _ = x.shape
        normed = group_norm(x, self.norm.groups, self.norm.eps, self.norm.weight, self.norm.bias)
        qkv = convolve(self.to_qkv, normed).reshape(h * w, 3, self.heads, -1)
        q, k, v = qkv[:, 0], jax.nn.softmax(qkv[:, 1], axis=0), qkv[:, 2]
        context = jnp.einsum("nhd,nhe->hde", k, v)
        out = jnp.einsum("hde,nhd->nhe", context, q).reshape(h, w, -1)
        return x + convolve(self.to_out, out)


class Resample(eqx.Module):
    """Resampling by 1/2 or 2, then a 3x3 circular convolution."""

    conv: eqx.nn.Conv2d
    enlarge: bool = eqx.field(static=True)
    boundary: Boundary = eqx.field(static=True)

    def __init__(self, inputs: int, outputs: int, *, enlarge: bool, boundary: Boundary, key: PRNGKeyArray):
        self.conv = eqx.nn.Conv2d(inputs, outputs, 3, padding=1, padding_mode="CIRCULAR", key=key)
        self.enlarge = enlarge
        self.boundary = boundary

    def __call__(self, x: Float[Array, "h w inputs"]) -> Float[Array, "h2 w2 outputs"]:
        return convolve(self.conv, (double if self.enlarge else halve)(x, self.boundary))
