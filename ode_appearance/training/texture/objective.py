"""The objective of an iteration, for RGB textures and SVBRDFs, from the state at the end of a segment."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from ...config.schema import MaterialConfig
from ...models.maps import MAP_RANGE, map_channels, read_maps
from ...perceptual.features import FeatureExtractor
from ...perceptual.losses import (
    gram_loss,
    gram_matrices,
    map_overflow,
    picture_overflow,
    random_directions,
    sliced_targets,
    sliced_wasserstein,
)
from ...shading.brdf import BRDF_MODELS
from ...shading.plane import plane, shade, tone_map, traceable
from ..option_groups import LossConfig
from .map_mean import mean_over


class Terms(NamedTuple):
    """The weighted terms of the loss, and their sum `total`, which is minimised."""

    total: Float[Array, ""]
    distance: Float[Array, ""]
    overflow: Float[Array, ""]
    regularisers: Float[Array, ""]


def texture_distance(
    features: FeatureExtractor,
    config: LossConfig,
    key: PRNGKeyArray,
    picture: Float[Array, "3 h w"],
    target: Sequence[Float[Array, "_ _ _"]],
) -> Float[Array, ""]:
    """Distance between the feature maps of a picture and `target`, those of the exemplar, which may have more pixels."""
    known = (values.astype(jnp.float32) for values in target)
    compared = zip(features(picture), known, config.map_weights, strict=False)
    maps, target, weights = zip(*(each for each in compared if each[2]), strict=True)
    if config.normalise_maps and config.normalise_over == "frame":
        scales = [jnp.sqrt(jnp.mean(values**2)) + 1e-8 for values in target]
        maps, target = ([v / scale for v, scale in zip(values, scales, strict=True)] for values in (maps, target))
    if config.loss == "gram":
        return gram_loss(maps, gram_matrices(target), weights)
    directions = random_directions(key, [values.shape[0] for values in maps])
    targets = sliced_targets(target, directions, [values[0].size for values in maps])
    return sliced_wasserstein(maps, targets, directions, weights)


def rgb_terms(
    features: FeatureExtractor,
    config: LossConfig,
    key: PRNGKeyArray,
    state: Float[Array, "channels h w"],
    target: Sequence[Float[Array, "_ _ _"]],
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Texture distance of an RGB state's picture to the exemplar's feature maps, and its overflow beyond [0, 1]."""
    picture = state[:3] / 2 + 0.5
    return texture_distance(features, config, key, jnp.clip(picture, 0, 1), target), picture_overflow(picture)


class Lit(NamedTuple):
    """An SVBRDF's state, and the photograph to compare it with under the same light."""

    metadata: MaterialConfig
    log_intensity: Float[Array, ""]
    state: Float[Array, "channels h w"]
    target: Float[Array, "3 H W"]

    def positions(self) -> Float[Array, "3 H W"]:
        """Positions of the photograph's pixels on the plane."""
        return jnp.asarray(plane(*self.target.shape[1:], self.metadata.camera))

    def maps(self) -> dict[str, Float[Array, "_ h w"]]:
        """The state's maps, clipped, with height and normal."""
        return read_maps(map_channels(self.metadata), self.metadata.normals, self.state)

    def overflow(self) -> Float[Array, ""]:
        """Overflow of the maps beyond their range."""
        return map_overflow(self.state[: BRDF_MODELS[self.metadata.brdf].channels] / 2 + 0.5, *MAP_RANGE)


def lit_picture(
    metadata: MaterialConfig,
    log_intensity: Float[Array, ""],
    maps: dict[str, Float[Array, "_ h w"]],
    positions: Float[Array, "3 h w"],
) -> Float[Array, "3 h w"]:
    """The picture of the maps at these positions."""
    light = traceable(metadata.light, log_intensity)
    materials = {name: values for name, values in maps.items() if name not in ("height", "normal")}
    return tone_map(shade(metadata.brdf, materials, maps["normal"], light, metadata.camera, positions=positions))


def svbrdf_terms(
    features: FeatureExtractor, config: LossConfig, key: PRNGKeyArray, lit: Lit
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Mean texture distance of an SVBRDF state lit at random crops of the photograph, and its overflow."""
    positions, size = lit.positions(), lit.state.shape[1:]
    corner_key, direction_key = jax.random.split(key)
    limit = jnp.array([lit.target.shape[1] - size[0] + 1, lit.target.shape[2] - size[1] + 1])
    corners = jax.random.randint(corner_key, (config.crops, 2), 0, limit)
    metadata = lit.metadata

    def at_corner(learnt, fixed, place):
        features, positions, target = fixed
        corner, key = place
        maps, log_intensity = learnt
        here = jax.lax.dynamic_slice(positions, (0, *corner), (3, *size))
        picture = lit_picture(metadata, log_intensity, maps, here)
        crop = features(jax.lax.dynamic_slice(target, (0, *corner), (3, *size)))
        return texture_distance(features, config, key, picture, crop)

    keys = jax.random.split(direction_key, config.crops)
    if config.directions == "iteration":
        keys = jnp.broadcast_to(keys[0], keys.shape)
    places = corners, keys
    learnt, fixed = (lit.maps(), lit.log_intensity), (features, positions, lit.target)
    return mean_over(at_corner, learnt, fixed, places), lit.overflow()


def initialisation_terms(config: LossConfig, key: PRNGKeyArray, lit: Lit) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """Mean squared difference to random pixels of the photograph, plus the weighted mean squared height; and the overflow.

    Each pixel of the state is lit with a flat normal at the position of its target pixel; the mean is over
    `initialisation_crops` sets of pixels. It finds the light's intensity and the maps' means before the texture loss.
    """
    size, metadata = lit.state.shape[1:], lit.metadata
    maps = {**lit.maps(), "normal": jnp.zeros((3, *size)).at[2].set(1)}

    def of_set(learnt, fixed, key):
        maps, log_intensity = learnt
        chosen = jax.random.choice(key, fixed[0][0].size, (size[0] * size[1],), replace=False)
        here, pixels = (values.reshape(3, -1)[:, chosen].reshape(3, *size) for values in fixed)
        return jnp.mean((lit_picture(metadata, log_intensity, maps, here) - pixels) ** 2)

    keys = jax.random.split(key, config.initialisation_crops)
    difference = mean_over(of_set, (maps, lit.log_intensity), (lit.positions(), lit.target), keys)
    return difference + config.height_weight * jnp.mean(maps["height"] ** 2), lit.overflow()


def combine(config: LossConfig, distance: Float[Array, ""], overflow: Float[Array, ""], integrals: Float[Array, " 2"]) -> Terms:
    """The weighted sum of all parts."""
    overflow = config.overflow_weight * overflow
    regularisers = config.kinetic_weight * integrals[0] + config.jacobian_weight * integrals[1]
    return Terms(distance + overflow + regularisers, distance, overflow, regularisers)
