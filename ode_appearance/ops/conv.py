"""Cross-correlation of a channels-last image with a small kernel, and the periodic continuation of the image."""

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

_LAYOUT = ("NHWC", "HWIO", "NHWC")


def correlate(
    x: Float[Array, "h w inputs"], kernel: Float[Array, "kh kw inputs outputs"], padding
) -> Float[Array, "_ _ outputs"]:
    """Cross-correlation with zeros around, as `lax.conv_general_dilated` names the padding; plain derivatives."""
    return lax.conv_general_dilated(x[None], kernel, (1, 1), padding, dimension_numbers=_LAYOUT)[0]


def wrap(x: Float[Array, "h w c"]) -> Float[Array, "h+2 w+2 c"]:
    """The image, continued periodically by a pixel on each side."""
    x = jnp.concatenate([x[-1:], x, x[:1]], axis=0)
    return jnp.concatenate([x[:, -1:], x, x[:, :1]], axis=1)
