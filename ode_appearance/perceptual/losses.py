"""Position-independent losses between feature maps: sliced Wasserstein and Gram matrices; and range penalties.

Sliced Wasserstein for textures: Heitz et al., "A sliced Wasserstein loss for neural texture synthesis", CVPR 2021. Gram
matrices: Gatys et al., "Texture synthesis using convolutional neural networks", NeurIPS 2015.

Both compare a sample with *targets*, which are computed from the exemplar's maps once, outside of the gradient.
"""

from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float, PRNGKeyArray

from ..ops.sort import match_by_rank, sort_values

# Channels, then pixels in any number of axes; shapes differ between maps.
FeatureMap = Float[Array, "_ ..."]


def random_directions(
    key: PRNGKeyArray, channels: Sequence[int], count: int | None = None
) -> list[Float[Array, "directions c"]]:
    """Uniformly random unit vectors for maps with these channel counts; `count` per map, by default one per channel."""
    keys = jax.random.split(key, len(channels))
    drawn = [jax.random.normal(k, (count or c, c)) for k, c in zip(keys, channels, strict=True)]
    return [vectors / jnp.linalg.norm(vectors, axis=1, keepdims=True) for vectors in drawn]


def sliced_targets(
    maps: Sequence[FeatureMap], directions: Sequence[Float[Array, "_ _"]], pixels: Sequence[int] | None = None
) -> list[Float[Array, "_ _"]]:
    """The targets of `sliced_wasserstein`: the exemplar's maps projected onto the directions and sorted.

    Args:
        maps: The exemplar's feature maps.
        directions: Unit vectors for each map.
        pixels: Pixel counts of the sample's maps; sorted values are resampled to them by nearest neighbour. Default: the
            exemplar's.

    Returns:
        For each map an array (directions, pixels).
    """
    if pixels is None:
        pixels = [values[0].size for values in maps]
    projected = [_project(values, vectors) for values, vectors in zip(maps, directions, strict=True)]
    return [
        sort_values(values)[:, nearest_indices(values.shape[1], count)] for values, count in zip(projected, pixels, strict=True)
    ]


def sliced_wasserstein(
    maps: Sequence[FeatureMap],
    targets: Sequence[Float[Array, "_ _"]],
    directions: Sequence[Float[Array, "_ _"]],
    weights: Sequence[float] | None = None,
) -> Float[Array, ""]:
    """Weighted sum over the maps of the mean squared difference between sorted projections and the targets.

    Computed by pairing values with targets by rank instead of sorting the sample: for distinct values, the gradient is that
    of the fixed pairing.

    Source:
        Heitz et al. 2021.
    """
    loss = jnp.zeros(())
    for values, target, vectors, weight in zip(maps, targets, directions, weights or [1.0] * len(maps), strict=True):
        projected = _project(values, vectors)
        loss += weight * jnp.mean((projected - match_by_rank(projected, target)) ** 2)
    return loss


def nearest_indices(count: int, new_count: int) -> np.ndarray:
    """Indices that resample a row of `count` values to `new_count` by nearest neighbour."""
    return (2 * np.arange(new_count) + 1) * count // (2 * new_count)


def gram_matrices(maps: Sequence[FeatureMap]) -> list[Float[Array, "_ _"]]:
    """F F^T / pixels of each map F (channels, pixels): the targets of `gram_loss`."""
    flat = [values.reshape(values.shape[0], -1) for values in maps]
    return [values @ values.T / values.shape[1] for values in flat]


def gram_loss(
    maps: Sequence[FeatureMap], targets: Sequence[Float[Array, "_ _"]], weights: Sequence[float] | None = None
) -> Float[Array, ""]:
    """Weighted sum over the maps of the mean squared difference between Gram matrices."""
    pairs = zip(gram_matrices(maps), targets, weights or [1.0] * len(maps), strict=True)
    return sum((weight * jnp.mean((a - b) ** 2) for a, b, weight in pairs), start=jnp.zeros(()))


def picture_overflow(picture: Float[Array, "..."]) -> Float[Array, ""]:
    """Penalty for display values outside [0, 1]: the mean absolute difference from the clipped image."""
    return jnp.mean(jnp.abs(picture - jnp.clip(picture, 0, 1)))


def map_overflow(maps: Float[Array, "..."], low: float = 1e-6, high: float = 1.0) -> Float[Array, ""]:
    """Penalty for material maps outside [low, high]: the mean squared difference from the clipped maps."""
    return jnp.mean((maps - jnp.clip(maps, low, high)) ** 2)


def _project(values, directions):
    return directions @ values.reshape(values.shape[0], -1)
