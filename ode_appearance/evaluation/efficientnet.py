"""The features of the judge: the first blocks of EfficientNet-Lite0, trained on ImageNet.

Tan and Le, "EfficientNet: Rethinking model scaling for convolutional neural networks", ICML 2019; the Lite variant has ReLU6
and no squeeze-and-excitation. For the weights and their licence see NOTICE.md in this folder.
"""

import functools
from pathlib import Path
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import lax
from jaxtyping import Array, Float

from ..errors import FeatureError
from ..perceptual.feature_weights import read_safetensors
from ..runtime.jit import compiled

WEIGHTS = Path(__file__).with_name("efficientnet_lite0_first_blocks.safetensors")
# ImageNet's mean and standard deviation of red, green and blue.
_MEAN = np.array([0.485, 0.456, 0.406], np.float32)[:, None, None]
_DEVIATION = np.array([0.229, 0.224, 0.225], np.float32)[:, None, None]


class _Block(NamedTuple):
    """An inverted residual block: optional 1x1 expansion, depthwise convolution, 1x1 projection, optional skip connection."""

    stride: int
    expands: bool
    skips: bool


_BLOCKS = (
    _Block(1, False, False),
    _Block(2, True, False),
    _Block(1, True, True),
    _Block(2, True, False),
    _Block(1, True, True),
)
_COMPARED = (0, 2, 4)


def feature_maps(picture: Float[np.ndarray, "3 h w"]) -> list[Float[np.ndarray, "_ _ _"]]:
    """Feature maps of an image.

    Args:
        picture: An image in [0, 1].

    Returns:
        Four maps (channels, height, width): the stem after its ReLU6, and blocks 0, 2 and 4, with 32, 16, 24 and 40 channels
        at 1/2, 1/2, 1/4 and 1/8 of the size.

    Raises:
        FeatureError: Where the weights are missing or damaged.
    """
    return [np.asarray(values) for values in _maps(_weights(), jnp.asarray(picture, jnp.float32))]


@functools.cache
def _weights():
    layers = ["stem"]
    for number, block in enumerate(_BLOCKS):
        layers += [f"block{number}.{part}" for part in ("expand", "depthwise", "project")[not block.expands :]]
    try:
        with WEIGHTS.open("rb") as file:
            tensors = read_safetensors(file, [f"{layer}.{part}" for layer in layers for part in ("weight", "bias")])
    except OSError as error:
        raise FeatureError(
            f"The judge's weights cannot be read ({error}): reinstall the package.", code="unreadable"
        ) from error
    return {name: jnp.asarray(tensor) for name, tensor in tensors.items()}


@compiled
def _maps(weights, picture):
    def convolved(x, name, stride=1, groups=1):
        # "SAME" pads like TensorFlow: with stride 2, an even size gets the odd row of zeros at the end. Highest precision:
        # otherwise a GPU would use TF32, and scores would depend on the device.
        y = lax.conv_general_dilated(
            x, weights[f"{name}.weight"], (stride, stride), "SAME", feature_group_count=groups, precision=lax.Precision.HIGHEST
        )
        return y + weights[f"{name}.bias"][:, None, None]

    x = _relu6(convolved(((picture - _MEAN) / _DEVIATION)[None], "stem", 2))
    maps = [x[0]]
    for number, block in enumerate(_BLOCKS):
        y = _relu6(convolved(x, f"block{number}.expand")) if block.expands else x
        y = _relu6(convolved(y, f"block{number}.depthwise", block.stride, y.shape[1]))
        y = convolved(y, f"block{number}.project")
        x = x + y if block.skips else y
        if number in _COMPARED:
            maps.append(x[0])
    return maps


def _relu6(x: Float[Array, "..."]) -> Float[Array, "..."]:
    return jnp.clip(x, 0, 6)
