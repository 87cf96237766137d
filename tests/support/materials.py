"""Small materials with random weights: real networks that compile in a moment."""

import dataclasses

import numpy as np
from figures import random_weights

from ode_appearance.config.schema import Architecture, Attention, Exemplar, Light, MaterialConfig, SolverConfig, Times
from ode_appearance.models.material import Material
from ode_appearance.models.unet import VectorField

RGB = MaterialConfig(
    name="little_texture",
    architecture=Architecture(channels=4, dim=4, dim_mults=(1, 2), attention=Attention(heads=2, head_dim=4)),
    times=Times(warmup=0.5, duration=2.0, frame_interval=0.5, frames=4),
    solver=SolverConfig(step=0.25),
    exemplar=Exemplar("nothing", "A test.", "mit", "two weeks"),
    training={"iterations": 12, "losses": [0.5, 0.25], "resumed": None},
)
PLAIN = dataclasses.replace(RGB, name="plain_texture", architecture=Architecture(3, dim=4, dim_mults=(1,), attention=None))
"""The network that compiles in least time."""
SVBRDF = MaterialConfig(
    name="little_svbrdf",
    kind="svbrdf",
    brdf="diffuse_cook_torrance",
    architecture=Architecture(channels=10, dim=4, dim_mults=(1, 2), attention=None),
    times=Times(warmup=0.5, duration=2.0, frame_interval=0.5, frames=4),
    solver=SolverConfig(step=0.25),
    light=Light(0.1, -0.2, 0.3),
)


def little_material(config: MaterialConfig = RGB, seed: int = 0) -> Material:
    """A material with these facts."""
    return Material(random_weights(VectorField, config.architecture, seed=seed), config)


def stitched_material(size: tuple[int, int] = (48, 40), config: MaterialConfig = PLAIN) -> Material:
    """A material whose solves start from pieces of a state of random numbers of that size (width, height)."""
    plain = little_material(dataclasses.replace(config, start="stitched", start_size=size))
    start = np.random.default_rng(0).normal(size=(config.architecture.channels, *size[::-1]))
    return Material(plain.vector_field, plain.config, start.astype(np.float16).astype(np.float32))
