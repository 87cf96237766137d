"""A material: a trained vector field, and how its states are to be read, timed and lit."""

import dataclasses
import hashlib
from typing import get_args

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..config.schema import Boundary, MaterialConfig, StartKind
from ..errors import RequestError
from ..runtime.precision import in_single_precision
from ..shading.brdf import BRDF_MODELS
from ..shading.plane import height_to_normal
from .unet import VectorField

MAP_RANGE = (1e-6, 1.0)


class Material(eqx.Module):
    """One neural ODE and its facts.

    `start`, where there is one, is the exemplar's own state at time 0, from which new ones are stitched
    (ode/stitched_start.py).
    """

    vector_field: VectorField
    config: MaterialConfig = eqx.field(static=True)
    start: Float[np.ndarray, "channels h w"] | None = None

    @property
    def name(self) -> str:
        """The material's name."""
        return self.config.name


def map_channels(config: MaterialConfig) -> tuple[tuple[str, int], ...]:
    """The maps that a material's state holds, (name, channels) in the order of the channels, hidden ones left out."""
    if config.brdf is None:
        return (("image", 3),)
    return (*BRDF_MODELS[config.brdf].maps, ("height", 1))


@in_single_precision
def decode(
    material: Material, state: Float[Array, "channels h w"] | Float[np.ndarray, "channels h w"]
) -> dict[str, Float[Array, "_ h w"]]:
    """The maps of one state, by name, each (channels, h, w).

    An RGB texture has `image`, its display values z/2 + 1/2 clipped to [0, 1]. An SVBRDF has the maps of its BRDF model,
    z/2 + 1/2 clipped to [1e-6, 1], then `height` in units of pixels, and `normal`, unit vectors (x right, y up).
    Raises RequestError where the state's shape is not the material's.
    """
    check_state(material.config, state.shape)
    return read_maps(map_channels(material.config), material.config.normals, jnp.asarray(state))


def check_state(config: MaterialConfig, shape: tuple[int, ...]) -> None:
    """Raise RequestError where this is not the shape of a material's state."""
    if len(shape) != 3 or shape[0] != config.architecture.channels:
        raise RequestError(f"A state of {config.name} has shape ({config.architecture.channels}, height, width), not {shape}.")


def read_maps(
    channels: tuple[tuple[str, int], ...], normals: Boundary, state: Float[Array, "channels h w"]
) -> dict[str, Float[Array, "_ h w"]]:
    """`decode` for maps named by `map_channels`."""
    maps, start = {}, 0
    for name, count in channels:
        raw = state[start : start + count]
        if name == "height":
            maps["height"], maps["normal"] = raw, height_to_normal(raw, normals)
        else:
            maps[name] = jnp.clip(raw / 2 + 0.5, *((0, 1) if name == "image" else MAP_RANGE))
        start += count
    return maps


compiled_maps = jax.jit(read_maps, static_argnums=(0, 1))
"""`read_maps`, for many states of one size."""


def fingerprint(material: Material) -> str:
    """A hash of all that a solve depends on: the weights, the architecture and the times."""
    digest = hashlib.sha256(repr((material.config.architecture, material.config.times)).encode())
    for leaf in jax.tree.leaves(material.vector_field):
        digest.update(np.asarray(leaf))
    if material.config.start == "stitched":
        digest.update(b"stitched")
        digest.update(np.ascontiguousarray(material.start))
    return digest.hexdigest()


def starting_from(material: Material, start: str) -> Material:
    """The material with another start of its solves; raises RequestError where it has no state to stitch from."""
    if start not in get_args(StartKind):
        raise RequestError(f"A solve starts from {' or '.join(get_args(StartKind))}, not from {str(start)[:20]!r}.")
    if start == "stitched" and material.start is None:
        raise RequestError(f"{material.name} has no state of its exemplar to stitch a start from: it starts from noise only.")
    if start == material.config.start:
        return material
    return Material(material.vector_field, dataclasses.replace(material.config, start=start), material.start)


def start_sentence(config: MaterialConfig) -> str:
    """Which starts a material's solves can have, the usual one first; nothing where noise is the only one."""
    if config.start_size is None:
        return ""
    width, height = config.start_size
    stitched, noise = f"pieces of its exemplar ({width}x{height}) at time 0", f"noise at time {-config.times.warmup:g}"
    usual, other = (stitched, noise) if config.start == "stitched" else (noise, stitched)
    return f"{usual}, or on request {other}"


def new_material(config: MaterialConfig, seed: int = 0) -> Material:
    """An untrained material: its vector field is zero, so its noise stays as it is."""
    return Material(VectorField(config.architecture, key=jax.random.PRNGKey(seed)), config)
