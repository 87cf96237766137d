"""Features without any weights: the colours of all small patches, at several scales.

Comparing the distributions of raw patches over a pyramid of scales instead of a network's features follows Elnekave and
Weiss, "Generating natural images with direct patch distribution matching", ECCV 2022.
"""

import equinox as eqx
import jax.numpy as jnp
from jaxtyping import Array, Float

from ..errors import FeatureError
from .vgg import halve


class Patches(eqx.Module):
    """Calling it gives the picture itself and, of each level of its pyramid, one map of side^2 x 3 channels.

    Patches that reach over the border are left out. Levels too small for a patch are left out, too.
    """

    side: int = eqx.field(static=True, default=5)
    levels: int = eqx.field(static=True, default=5)

    def __call__(self, picture: Float[Array, "3 h w"]) -> list[Float[Array, "_ _ _"]]:
        if min(picture.shape[1:]) < self.side:
            raise FeatureError(f"Patch features need {self.side}x{self.side} pixels at least, not {picture.shape[1:]}.")
        x, maps = jnp.moveaxis(picture, 0, 2), [picture]
        for _ in range(self.levels):
            if min(x.shape[:2]) < self.side:
                break
            h, w = x.shape[0] - self.side + 1, x.shape[1] - self.side + 1
            offsets = [(row, column) for row in range(self.side) for column in range(self.side)]
            patches = jnp.concatenate([x[row : row + h, column : column + w] for row, column in offsets], axis=2)
            maps.append(jnp.moveaxis(patches, 2, 0))
            x = halve(x)
        return maps
