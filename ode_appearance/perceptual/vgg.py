"""VGG16 and VGG19 as feature extractors: the last ReLU of blocks 1 to 5, with average pooling and reflecting borders.

Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015. Average pooling is
Gatys et al.'s ("Texture synthesis using convolutional neural networks", NeurIPS 2015), the rest the published method's.
"""

import itertools
from collections.abc import Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..errors import FeatureError
from ..ops.reflect_conv import reflecting_convolution

# The channels of each convolution, by block.
VGG16_BLOCKS = ((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3)
VGG19_BLOCKS = ((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4, (512,) * 4)
# A picture of this size has 2 x 2 pixels in block 5, the fewest that can be reflected.
LEAST_SIZE = 32


def layer_shapes(blocks: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """(input, output) channels of each convolution."""
    return list(itertools.pairwise([3, *(channels for block in blocks for channels in block)]))


def check_size(picture: Float[Array, "3 h w"] | jax.ShapeDtypeStruct) -> None:
    """Raise FeatureError where a picture is too small for a VGG network."""
    if min(picture.shape[1:]) < LEAST_SIZE:
        raise FeatureError(f"VGG features need {LEAST_SIZE}x{LEAST_SIZE} pixels at least, not {picture.shape[1:]}.")


class Vgg(eqx.Module):
    """A VGG network's convolutions. Calling it gives the picture itself and one map a block, channels-first."""

    kernels: list[Float[Array, "3 3 _ _"]]
    biases: list[Float[Array, " _"]]
    mean: Float[Array, " 3"]
    deviation: Float[Array, " 3"]
    blocks: tuple[tuple[int, ...], ...] = eqx.field(static=True)

    def __init__(
        self,
        blocks: tuple[tuple[int, ...], ...],
        kernels: Sequence[np.ndarray],
        biases: Sequence[np.ndarray],
        mean: Sequence[float],
        deviation: Sequence[float],
    ):
        """`kernels` are (3, 3, inputs, outputs); a picture in [0, 1] is fed as (picture - mean) / deviation, by channel."""
        for (inputs, outputs), kernel, bias in zip(layer_shapes(blocks), kernels, biases, strict=True):
            if kernel.shape != (3, 3, inputs, outputs) or bias.shape != (outputs,):
                shapes = f"{kernel.shape} and {bias.shape}"
                raise FeatureError(f"The weight file does not fit: a layer of {inputs} to {outputs} channels has {shapes}.")
            if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
                raise FeatureError("The feature weights hold numbers that are not finite; the file is damaged.")
        self.blocks = blocks
        self.kernels = [jnp.asarray(kernel, jnp.float32) for kernel in kernels]
        self.biases = [jnp.asarray(bias, jnp.float32) for bias in biases]
        self.mean, self.deviation = jnp.array(mean, jnp.float32), jnp.array(deviation, jnp.float32)

    def __call__(self, picture: Float[Array, "3 h w"]) -> list[Float[Array, "_ _ _"]]:
        check_size(picture)
        x = (jnp.moveaxis(picture, 0, 2) - self.mean) / self.deviation
        maps, layers = [picture], iter(zip(self.kernels, self.biases, strict=True))
        for number, block in enumerate(self.blocks):
            x = halve(x) if number else x
            for _ in block:
                kernel, bias = next(layers)
                x = jax.nn.relu(reflecting_convolution(x, kernel) + bias)
            maps.append(jnp.moveaxis(x, 2, 0))
        return maps


def halve(x: Float[Array, "h w c"]) -> Float[Array, "h2 w2 c"]:
    """Means of 2 x 2 pixels; an odd last row or column is left out."""
    h, w, channels = x.shape
    return x[: h // 2 * 2, : w // 2 * 2].reshape(h // 2, 2, w // 2, 2, channels).mean(axis=(1, 3))
