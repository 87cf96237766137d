"""VGG16 and VGG19 as feature extractors: the last ReLU of blocks 1 to 5, with average pooling and reflection padding.

Simonyan and Zisserman, "Very deep convolutional networks for large-scale image recognition", ICLR 2015. Average pooling as in
Gatys et al., "Texture synthesis using convolutional neural networks", NeurIPS 2015; the rest as in the published method.
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

# Output channels of each convolution, by block.
VGG16_BLOCKS = ((64,) * 2, (128,) * 2, (256,) * 3, (512,) * 3, (512,) * 3)
VGG19_BLOCKS = ((64,) * 2, (128,) * 2, (256,) * 4, (512,) * 4, (512,) * 4)
# Block 5 of such an image has 2 x 2 pixels, the minimum for reflection padding.
MIN_SIZE = 32


def layer_shapes(blocks: Sequence[Sequence[int]]) -> list[tuple[int, int]]:
    """(input, output) channels of each convolution."""
    return list(itertools.pairwise([3, *(channels for block in blocks for channels in block)]))


def check_vgg_image_size(picture: Float[Array, "3 h w"] | jax.ShapeDtypeStruct) -> None:
    """Raise FeatureError (code "too-small") for an image that is too small for a VGG network."""
    height, width = picture.shape[1:]
    if min(height, width) < MIN_SIZE:
        raise FeatureError(
            f"An image of {width}x{height} is too small for VGG features: they need at least {MIN_SIZE}x{MIN_SIZE}.",
            code="too-small",
        )


class Vgg(eqx.Module):
    """The convolutions of a VGG network. Returns the image itself and one map per block, channels first."""

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
        """Check and store the weights.

        Args:
            blocks: Output channels of each convolution, by block.
            kernels: Arrays (3, 3, inputs, outputs).
            biases: Arrays (outputs,).
            mean: Of each colour channel; the network's input is (image - mean) / deviation for an image in [0, 1].
            deviation: See `mean`.

        Raises:
            FeatureError: For weights of another shape (code "wrong-shape") or that are not finite (code "not-finite").
        """
        for (inputs, outputs), kernel, bias in zip(layer_shapes(blocks), kernels, biases, strict=True):
            if kernel.shape != (3, 3, inputs, outputs) or bias.shape != (outputs,):
                shapes = f"{kernel.shape} and {bias.shape}"
                raise FeatureError(
                    f"The weight file has another architecture: a layer of {inputs} to {outputs} channels has shapes {shapes}.",
                    code="wrong-shape",
                )
            if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
                raise FeatureError("The weight file is damaged: it contains NaN or infinity.", code="not-finite")
        self.blocks = blocks
        self.kernels = [jnp.asarray(kernel, jnp.float32) for kernel in kernels]
        self.biases = [jnp.asarray(bias, jnp.float32) for bias in biases]
        self.mean, self.deviation = jnp.array(mean, jnp.float32), jnp.array(deviation, jnp.float32)

    def __call__(self, picture: Float[Array, "3 h w"]) -> list[Float[Array, "_ _ _"]]:
        check_vgg_image_size(picture)
        x = (jnp.moveaxis(picture, 0, 2) - self.mean) / self.deviation
        maps, layers = [picture], iter(zip(self.kernels, self.biases, strict=True))
        for number, block in enumerate(self.blocks):
            x = average_pool(x) if number else x
            for _ in block:
                kernel, bias = next(layers)
                x = jax.nn.relu(reflecting_convolution(x, kernel) + bias)
            maps.append(jnp.moveaxis(x, 2, 0))
        return maps


def average_pool(x: Float[Array, "h w c"]) -> Float[Array, "h2 w2 c"]:
    """2 x 2 average pooling; an odd last row or column is dropped."""
    h, w, channels = x.shape
    return x[: h // 2 * 2, : w // 2 * 2].reshape(h // 2, 2, w // 2, 2, channels).mean(axis=(1, 3))
