"""The vector field f(t, z) of a material's ODE: a small U-Net (Liu and Ritschel 2024, section 4)."""

import itertools

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from ..config.schema import Architecture
from .layers import ConvBlock, LinearAttention, Resample, convolve, time_embedding, zero_initialised


class VectorField(eqx.Module):
    """dz/dt of one state z (channels, h, w); h and w are multiples of `architecture.downsampling`.

    The fields are in the order of a published checkpoint, so that the array leaves of both are the same sequence.
    """

    init_conv: ConvBlock
    time_mlp: tuple[eqx.nn.Linear, eqx.nn.Linear]
    downs: list[tuple[ConvBlock, LinearAttention | None, Resample]]
    mid: tuple[ConvBlock, LinearAttention | None]
    ups: list[tuple[Resample, ConvBlock, LinearAttention | None]]
    final_conv: tuple[ConvBlock, eqx.nn.Conv2d]
    architecture: Architecture = eqx.field(static=True)

    def __init__(self, architecture: Architecture, *, key: PRNGKeyArray):
        keys = iter(jax.random.split(key, 64 + 8 * len(architecture.dim_mults)))
        dims = [architecture.dim * multiplier for multiplier in architecture.dim_mults]
        levels = list(itertools.pairwise(dims))
        time_dim = 2 * architecture.dim
        boundary = architecture.resampling

        def block(inputs, outputs):
            return ConvBlock(inputs, outputs, 3, time_dim, key=next(keys))

        def attention(channels):
            chosen = architecture.attention
            return chosen and LinearAttention(channels, chosen.heads, chosen.head_dim, key=next(keys))

        def resample(inputs, outputs, upsample):
            return Resample(inputs, outputs, upsample=upsample, boundary=boundary, key=next(keys))

        self.architecture = architecture
        self.init_conv = ConvBlock(architecture.channels, dims[0], 1, None, key=next(keys))
        self.time_mlp = (
            eqx.nn.Linear(architecture.dim, time_dim, key=next(keys)),
            eqx.nn.Linear(time_dim, time_dim, key=next(keys)),
        )
        self.downs = [(block(fine, fine), attention(fine), resample(fine, coarse, False)) for fine, coarse in levels]
        self.mid = (block(dims[-1], dims[-1]), attention(dims[-1]))
        self.ups = [(resample(coarse, fine, True), block(2 * fine, fine), attention(fine)) for fine, coarse in reversed(levels)]
        self.final_conv = (
            ConvBlock(2 * dims[0], dims[0], 1, None, sigmoid=True, key=next(keys)),
            zero_initialised(eqx.nn.Conv2d(dims[0], architecture.channels, 1, key=next(keys))),
        )

    def __call__(self, t: Float[Array, ""], z: Float[Array, "channels h w"]) -> Float[Array, "channels h w"]:
        """dz/dt at model time t."""
        time = self.time_mlp[1](jax.nn.silu(self.time_mlp[0](time_embedding(t, self.architecture.dim))))
        x = self.init_conv(z.transpose(1, 2, 0), None)
        skips = [x]
        for block, attention, resample in self.downs:
            x = _attend(attention, block(x, time))
            skips.append(x)
            x = resample(x)
        x = _attend(self.mid[1], self.mid[0](x, time))
        for resample, block, attention in self.ups:
            x = jnp.concatenate([resample(x), skips.pop()], axis=-1)
            x = _attend(attention, block(x, time))
        x = self.final_conv[0](jnp.concatenate([x, skips.pop()], axis=-1), None)
        return convolve(self.final_conv[1], x).transpose(2, 0, 1)


def _attend(attention, x):
    return x if attention is None else attention(x)
