"""How much arithmetic the vector field is, and how fast this machine does arithmetic at best."""

import jax
import jax.numpy as jnp

from ode_appearance.models.unet import VectorField

_SIDE = {"cpu": 2048}
_LARGE_SIDE = 8192


def multiply_adds(field: VectorField, size: tuple[int, int]) -> int:
    """Multiply-adds of one evaluation of f at `size` (width, height): those of convolutions and attention, as the layers
    are written (pixels x weights), whatever way of computing them takes fewer. The rest, under 2%, is not counted.
    """
    pixels, total = size[0] * size[1], 0

    def convolution(layer):
        return pixels * layer.weight.size

    def attended(attention):
        if attention is None:
            return 0
        # The context of keys and values, and what queries make of it: each a head's channels squared for every pixel.
        heads = attention.to_out.weight.shape[1]
        return convolution(attention.to_qkv) + convolution(attention.to_out) + 2 * pixels * heads * (heads // attention.heads)

    total += convolution(field.init_conv.proj)
    for block, attention, resample in field.downs:
        total += convolution(block.proj) + attended(attention)
        pixels //= 4
        total += convolution(resample.conv)
    total += convolution(field.mid[0].proj) + attended(field.mid[1])
    for resample, block, attention in field.ups:
        pixels *= 4
        total += convolution(resample.conv) + convolution(block.proj) + attended(attention)
    return total + convolution(field.final_conv[0].proj) + convolution(field.final_conv[1])


def matrix_product():
    """(function, multiply-adds): a product of two large float32 matrices, compiled."""
    side = _SIDE.get(jax.devices()[0].platform, _LARGE_SIDE)
    matrix = jax.random.normal(jax.random.PRNGKey(0), (side, side))
    multiply = jax.jit(jnp.matmul).lower(matrix, matrix).compile()
    return lambda: multiply(matrix, matrix), side**3
