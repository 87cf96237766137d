"""Cross-correlation of a channels-last image with a small kernel, and periodic padding."""

import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

_LAYOUT = ("NHWC", "HWIO", "NHWC")


def correlate(
    x: Float[Array, "h w inputs"], kernel: Float[Array, "kh kw inputs outputs"], padding
) -> Float[Array, "_ _ outputs"]:
    """Cross-correlation with zero padding; `padding` as in `lax.conv_general_dilated`. Differentiable in every mode."""
    return lax.conv_general_dilated(x[None], kernel, (1, 1), padding, dimension_numbers=_LAYOUT)[0]


def wrap(x: Float[Array, "h w c"]) -> Float[Array, "h+2 w+2 c"]:
    """Pad an image periodically by one pixel on each side."""
    x = jnp.concatenate([x[-1:], x, x[:1]], axis=0)
    return jnp.concatenate([x[:, -1:], x, x[:, :1]], axis=1)
