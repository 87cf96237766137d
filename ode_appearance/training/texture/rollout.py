"""Whole rollouts during training: the evaluation loss, which controls the learning rate, and previews."""

import dataclasses

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from ...config.schema import MaterialConfig
from ...data import ExemplarFrames
from ...data.exemplar import even_indices
from ...models.material import Material
from ...ode.solve import solve
from ...perceptual.features import FeatureExtractor
from ...rendering.render import render
from ...runtime.jit import compiled
from ..train_config import TrainConfig
from .objective import rgb_terms, texture_distance
from .step import Parameters

PREVIEW_STATES = 5


def current_material(metadata: MaterialConfig, parameters: Parameters, **changes) -> Material:
    """The material of these parameters, with the learnt light."""
    light = dataclasses.replace(metadata.light, log_intensity=float(parameters.log_intensity))
    return Material(parameters.field, dataclasses.replace(metadata, light=light, **changes))


def rollout_loss(
    config: TrainConfig, material: Material, features: FeatureExtractor, exemplar: ExemplarFrames, iteration: int
) -> float:
    """Texture distance of whole rollouts, averaged over the exemplar's frames; infinite if a rollout ends early.

    With `config.rollout.evaluation` "published", frame i of n is at i/(n-1) of the duration, with new noise and random
    directions at each iteration; with "repeatable", each frame is at its own time, always with the same noise and directions,
    and RGB textures have the overflow penalty added.
    """
    published, rgb = config.rollout.evaluation == "published", config.kind == "rgb"
    size = config.data.state_size if rgb else config.data.exemplar_size
    frames = even_indices(len(exemplar), min(config.rollout.evaluation_frames, len(exemplar)))
    times = np.linspace(0, exemplar.duration, len(exemplar)) if published else exemplar.times
    overflow_weight = 0.0 if published else config.loss.overflow_weight
    losses = []
    for rollout in range(config.rollout.evaluation_rollouts):
        seed = _fresh_seed(config.seed, iteration, rollout) if published else rollout
        direction_key = jax.random.PRNGKey(seed if published else config.seed)
        trajectory = solve(material, seed=seed, size=(size, size), times=times[frames])
        if trajectory.status != "complete":
            return float("inf")
        for state, frame in zip(trajectory.states, frames, strict=True):
            key = jax.random.fold_in(direction_key, frame)
            target = jnp.asarray(exemplar.frames[frame], jnp.float32) / 255
            if rgb:
                loss = _rgb_loss(features, config.loss, overflow_weight, key, jnp.asarray(state), target)
            else:
                loss = _picture_loss(features, config.loss, key, render(material, state), target)
            losses.append(float(loss))  # wait for each result: see ops/xla_ffi.py
    return float(np.mean(losses))


def _fresh_seed(*numbers):
    """A different seed for each tuple of numbers."""
    return int(np.random.default_rng(numbers).integers(2**32))


@compiled
def _rgb_loss(features, config, overflow_weight, key, state, target):
    distance, overflow = rgb_terms(features, config, key, state, features(target))
    return distance + overflow_weight * overflow


@compiled
def _picture_loss(features, config, key, picture, target):
    return texture_distance(features, config, key, picture, features(target))


def preview(material: Material, size: int) -> Float[np.ndarray, "times 3 s s"]:
    """Pictures of the material at five times over its span; fewer where the solve ends early."""
    times = np.linspace(0, material.config.times.duration, PREVIEW_STATES)
    states = solve(material, size=(size, size), times=times).states
    return np.stack([np.asarray(render(material, state)) for state in states]) if len(states) else np.zeros((0, 3, size, size))
