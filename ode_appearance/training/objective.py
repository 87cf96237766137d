"""What an iteration minimises: from the end of a segment to a number, for RGB textures and for SVBRDFs."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, PRNGKeyArray

from ..config import MaterialConfig
from ..features import FeatureExtractor
from ..losses import (
    gram_loss,
    gram_matrices,
    map_overflow,
    picture_overflow,
    random_directions,
    sliced_targets,
    sliced_wasserstein,
)
from ..material import MAP_RANGE, map_channels
from ..microfacet import BRDF_MODELS
from ..shading import height_to_normal, plane, shade, tone_map, traceable
from .config import TrainConfig


class Terms(NamedTuple):
    """The parts of the loss, weighted; `total` is what is minimised."""

    total: Float[Array, ""]
    distance: Float[Array, ""]
    overflow: Float[Array, ""]
    regularisers: Float[Array, ""]


def texture_distance(
    features: FeatureExtractor,
    config: TrainConfig,
    key: PRNGKeyArray,
    picture: Float[Array, "3 h w"],
    target: Sequence[Float[Array, "_ _ _"]],
) -> Float[Array, ""]:
    """The distance between the feature maps of a picture and the exemplar's, `target`, which may have more pixels."""
    maps = features(picture)
    if config.loss == "gram":
        return gram_loss(maps, gram_matrices(target))
    directions = random_directions(key, [values.shape[0] for values in maps])
    targets = sliced_targets(target, directions, [values[0].size for values in maps])
    return sliced_wasserstein(maps, targets, directions)


def rgb_terms(
    features: FeatureExtractor,
    config: TrainConfig,
    key: PRNGKeyArray,
    state: Float[Array, "channels h w"],
    target: Sequence[Float[Array, "_ _ _"]],
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """The texture distance of an RGB state's picture to the exemplar's feature maps, and how far it leaves [0, 1]."""
    picture = state[:3] / 2 + 0.5
    return texture_distance(features, config, key, jnp.clip(picture, 0, 1), target), picture_overflow(picture)


def svbrdf_terms(
    features: FeatureExtractor,
    config: TrainConfig,
    facts: MaterialConfig,
    log_intensity: Float[Array, ""],
    key: PRNGKeyArray,
    state: Float[Array, "channels h w"],
    target: Float[Array, "3 H W"],
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """The texture distance of an SVBRDF state lit as if it stood at random places of the exemplar, and its overflow."""
    maps, height, overflow = _unclipped(facts, state)
    normal = height_to_normal(height, facts.normals)
    light = traceable(facts.light, log_intensity)
    positions = jnp.asarray(plane(*target.shape[1:], facts.camera))
    size = state.shape[1:]
    corner_key, direction_key = jax.random.split(key)
    most = jnp.array([target.shape[1] - size[0] + 1, target.shape[2] - size[1] + 1])
    corners = jax.random.randint(corner_key, (config.crops, 2), 0, most)

    def at_corner(arguments):
        corner, key = arguments
        here = jax.lax.dynamic_slice(positions, (0, *corner), (3, *size))
        picture = tone_map(shade(facts.brdf, maps, normal, light, facts.camera, positions=here))
        crop = jax.lax.dynamic_slice(target, (0, *corner), (3, *size))
        return texture_distance(features, config, key, picture, jax.lax.stop_gradient(features(crop)))

    # One crop after the other, computed again for its gradient: the memory of one crop, whatever their number.
    distances = jax.lax.map(jax.checkpoint(at_corner), (corners, jax.random.split(direction_key, config.crops)))
    return jnp.mean(distances), overflow


def initialisation_terms(
    config: TrainConfig,
    facts: MaterialConfig,
    log_intensity: Float[Array, ""],
    key: PRNGKeyArray,
    state: Float[Array, "channels h w"],
    target: Float[Array, "3 H W"],
) -> tuple[Float[Array, ""], Float[Array, ""]]:
    """The mean squared difference to random pixels of the exemplar, each state pixel lit flat where its target lies.

    To it comes the mean squared height. Finds the light's intensity and the maps' means before any texture is compared.
    """
    maps, height, overflow = _unclipped(facts, state)
    count = state.shape[1] * state.shape[2]
    chosen = jax.random.choice(key, target.shape[1] * target.shape[2], (count,), replace=False)
    here = jnp.asarray(plane(*target.shape[1:], facts.camera)).reshape(3, -1)[:, chosen].reshape(3, *state.shape[1:])
    pixels = target.reshape(3, -1)[:, chosen].reshape(3, *state.shape[1:])
    flat = jnp.zeros((3, *state.shape[1:])).at[2].set(1)
    light = traceable(facts.light, log_intensity)
    picture = tone_map(shade(facts.brdf, maps, flat, light, facts.camera, positions=here))
    return jnp.mean((picture - pixels) ** 2) + config.height_weight * jnp.mean(height**2), overflow


def _unclipped(facts, state):
    """The maps clipped, the height, and the penalty for what was clipped."""
    count = BRDF_MODELS[facts.brdf].channels
    raw = state[:count] / 2 + 0.5
    clipped = jnp.clip(raw, *MAP_RANGE)
    maps, start = {}, 0
    for name, channels in map_channels(facts)[:-1]:
        maps[name] = clipped[start : start + channels]
        start += channels
    return maps, state[count : count + 1], map_overflow(raw, *MAP_RANGE)


def combine(
    config: TrainConfig, distance: Float[Array, ""], overflow: Float[Array, ""], integrals: Float[Array, " 2"]
) -> Terms:
    """The weighted sum of all parts."""
    overflow = config.overflow_weight * overflow
    regularisers = config.kinetic_weight * integrals[0] + config.jacobian_weight * integrals[1]
    return Terms(distance + overflow + regularisers, distance, overflow, regularisers)
