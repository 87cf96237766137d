"""How far a synthesised picture's features are from the exemplar's, wherever they are: sliced Wasserstein, or Gram matrices.

Sliced Wasserstein for textures: Heitz et al., "A sliced Wasserstein loss for neural texture synthesis", CVPR 2021. Gram
matrices: Gatys et al., "Texture synthesis using convolutional neural networks", NeurIPS 2015.

Both compare a sample with *targets*, which are made from the exemplar's maps outside of the gradient, once for each target.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from ..ops.sort import match_by_rank, sort_values

# Channels, then pixels in any number of axes; of every map others.
FeatureMap = Float[Array, "_ ..."]


def random_directions(
    key: PRNGKeyArray, channels: Sequence[int], count: int | None = None
) -> list[Float[Array, "directions c"]]:
    """Uniformly random unit vectors for each map of so many channels: as many of them as channels, or `count`."""
    keys = jax.random.split(key, len(channels))
    drawn = [jax.random.normal(k, (count or c, c)) for k, c in zip(keys, channels, strict=True)]
    return [vectors / jnp.linalg.norm(vectors, axis=1, keepdims=True) for vectors in drawn]


def sliced_targets(
    maps: Sequence[FeatureMap], directions: Sequence[Float[Array, "_ _"]], pixels: Sequence[int] | None = None
) -> list[Float[Array, "_ _"]]:
    """The exemplar's side of `sliced_wasserstein`: its maps projected onto the directions and sorted, (directions, pixels).

    Where the sample's maps have another number of `pixels`, the sorted values are resampled to it by taking the nearest.
    """
    if pixels is None:
        pixels = [values[0].size for values in maps]
    projected = [_project(values, vectors) for values, vectors in zip(maps, directions, strict=True)]
    return [sort_values(values)[:, nearest(values.shape[1], count)] for values, count in zip(projected, pixels, strict=True)]


def sliced_wasserstein(
    maps: Sequence[FeatureMap],
    targets: Sequence[Float[Array, "_ _"]],
    directions: Sequence[Float[Array, "_ _"]],
    weights: Sequence[float] | None = None,
) -> Float[Array, ""]:
    """Sum over the maps, weighted, of the mean squared difference between sorted projections and the targets.

    Its gradient, for all values that differ, is that of the pairing by rank held fixed; so the sample's values need not be
    sorted but be paired with their targets.
    """
    loss = jnp.zeros(())
    for values, target, vectors, weight in zip(maps, targets, directions, weights or [1.0] * len(maps), strict=True):
        projected = _project(values, vectors)
        loss += weight * jnp.mean((projected - match_by_rank(projected, target)) ** 2)
    return loss


def nearest(count: int, wanted: int) -> np.ndarray:
    """For each of `wanted` equal parts of a row, the number of the one of `count` that holds its middle."""
    return (2 * np.arange(wanted) + 1) * count // (2 * wanted)


def gram_matrices(maps: Sequence[FeatureMap]) -> list[Float[Array, "_ _"]]:
    """F F^T / pixels of each map F (channels, pixels): the exemplar's side of `gram_loss`."""
    flat = [values.reshape(values.shape[0], -1) for values in maps]
    return [values @ values.T / values.shape[1] for values in flat]


def gram_loss(
    maps: Sequence[FeatureMap], targets: Sequence[Float[Array, "_ _"]], weights: Sequence[float] | None = None
) -> Float[Array, ""]:
    """Sum over the maps, weighted, of the mean squared difference between Gram matrices."""
    pairs = zip(gram_matrices(maps), targets, weights or [1.0] * len(maps), strict=True)
    return sum((weight * jnp.mean((a - b) ** 2) for a, b, weight in pairs), start=jnp.zeros(()))


def picture_overflow(picture: Float[Array, "..."]) -> Float[Array, ""]:
    """How far display values leave [0, 1]: the mean absolute difference to the clipped picture."""
    return jnp.mean(jnp.abs(picture - jnp.clip(picture, 0, 1)))


def map_overflow(maps: Float[Array, "..."], least: float = 1e-6, most: float = 1.0) -> Float[Array, ""]:
    """How far material maps leave their range: the mean squared difference to the clipped maps."""
    return jnp.mean((maps - jnp.clip(maps, least, most)) ** 2)


def _project(values, directions):
    return directions @ values.reshape(values.shape[0], -1)
