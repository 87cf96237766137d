"""Features without weights: the colours of all small patches, at several scales.

Comparing distributions of raw patches over a pyramid of scales, in place of network features, follows Elnekave and Weiss,
"Generating natural images with direct patch distribution matching", ECCV 2022.
"""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ..errors import FeatureError
from .vgg import average_pool


class Patches(eqx.Module):
    """Returns the image itself and, for each level of its pyramid, one map of side^2 x 3 channels.

    Patches across the border and levels smaller than a patch are left out.
    """

    side: int = eqx.field(static=True, default=5)
    levels: int = eqx.field(static=True, default=5)

    def __call__(self, picture: Float[Array, "3 h w"]) -> list[Float[Array, "_ _ _"]]:
        if min(picture.shape[1:]) < self.side:
            height, width = picture.shape[1:]
            raise FeatureError(
                f"An image of {width}x{height} is too small for patch features: they need at least {self.side}x{self.side}.",
                code="too-small",
            )
        x, maps = jnp.moveaxis(picture, 0, 2), [picture]
        for _ in range(self.levels):
            if min(x.shape[:2]) < self.side:
                break
            h, w = x.shape[0] - self.side + 1, x.shape[1] - self.side + 1
            offsets = [(row, column) for row in range(self.side) for column in range(self.side)]
            patches = jnp.concatenate([x[row : row + h, column : column + w] for row, column in offsets], axis=2)
            maps.append(jnp.moveaxis(patches, 2, 0))
            x = average_pool(x)
        return maps
