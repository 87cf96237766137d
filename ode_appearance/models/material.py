"""A material: a trained vector field with its configuration."""

import dataclasses
import hashlib
from typing import get_args

import equinox as eqx
import jax
import numpy as np
from jaxtyping import Float

from ..config.schema import MaterialConfig, StartKind
from ..errors import RequestError
from .unet import VectorField


class Material(eqx.Module):
    """One neural ODE: the vector field, its configuration and, optionally, a state to stitch starts from.

    Args:
        vector_field: f(t, z), the right-hand side of the ODE.
        config: Times, solver, channel layout, light, camera and metadata.
        start: The exemplar's state at time 0, from which stitched starts are quilted (ode/stitched_start.py); None without.

    Example:
        >>> import ode_appearance as oa
        >>> material = oa.load("rusting_steel")
        >>> material.name, material.config.kind, material.config.times.duration
        ('rusting_steel', 'rgb', 5.0)
    """

    vector_field: VectorField
    config: MaterialConfig = eqx.field(static=True)
    start: Float[np.ndarray, "channels h w"] | None = None

    @property
    def name(self) -> str:
        """The material's name."""
        return self.config.name


def fingerprint(material: Material) -> str:
    """SHA-256 of everything that a solve depends on: weights, architecture, times and stitched start; hexadecimal."""
    digest = hashlib.sha256(repr((material.config.architecture, material.config.times)).encode())
    for leaf in jax.tree.leaves(material.vector_field):
        digest.update(np.asarray(leaf))
    if material.config.start == "stitched":
        digest.update(b"stitched")
        digest.update(np.ascontiguousarray(material.start))
    return digest.hexdigest()


def with_start_kind(material: Material, start: str) -> Material:
    """The material with another kind of start, "noise" or "stitched".

    Raises:
        RequestError: For another kind (code "out-of-range"), or a stitched start without a state (code "no-start").
    """
    if start not in get_args(StartKind):
        raise RequestError(
            f"The start {str(start)[:20]!r} is unknown: choose {' or '.join(get_args(StartKind))}.", code="out-of-range"
        )
    if start == "stitched" and material.start is None:
        raise RequestError(f"{material.name} has no exemplar state to stitch a start from: start from noise.", code="no-start")
    if start == material.config.start:
        return material
    return Material(material.vector_field, dataclasses.replace(material.config, start=start), material.start)


def describe_starts(config: MaterialConfig) -> str:
    """The kinds of start of a material as text, its default first; empty where noise is the only one."""
    if config.start_size is None:
        return ""
    width, height = config.start_size
    stitched, noise = f"pieces of its exemplar ({width}x{height}) at time 0", f"noise at time {-config.times.warmup:g}"
    default, other = (stitched, noise) if config.start == "stitched" else (noise, stitched)
    return f"{default}, or on request {other}"


def new_material(config: MaterialConfig, seed: int = 0) -> Material:
    """An untrained material. Its vector field is zero, so states stay equal to the initial noise."""
    return Material(VectorField(config.architecture, key=jax.random.PRNGKey(seed)), config)
