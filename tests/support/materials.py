"""Small materials with random weights: real networks that compile and solve fast."""

import dataclasses
from pathlib import Path

import equinox as eqx
import numpy as np
from figures import random_weights

import ode_appearance as oa
from ode_appearance.checkpoints.checkpoint import load_config
from ode_appearance.checkpoints.keyframe_baking import bake
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


def small_copy(name: str) -> Material:
    """The metadata of a shipped material with a network of 8 features: a solve of 128x128 takes 0.3 s instead of up to 10 s.

    The last convolution is scaled down so that the material changes smoothly over its time span.
    """
    config = load_config(Path(__file__).parents[2] / "checkpoints" / name)
    # All grow from noise, whatever the shipped ones start from: tests of the app move time through the warm-up.
    channels = 12 if config.kind == "rgb" else config.architecture.channels
    architecture = dataclasses.replace(config.architecture, channels=channels, dim=8, attention=None)
    if config.kind == "rgb":
        architecture = dataclasses.replace(architecture, dim_mults=(1, 2, 4))
    config = dataclasses.replace(config, start=RGB.start, start_size=RGB.start_size)
    field = random_weights(VectorField, architecture)
    last = field.final_conv[1]
    field = eqx.tree_at(lambda f: (f.final_conv[1].weight, f.final_conv[1].bias), field, (0.3 * last.weight, 0.3 * last.bias))
    return Material(field, dataclasses.replace(config, architecture=architecture))


def save_small_copy(name: str, folder: Path) -> Path:
    """Save a small copy with its preview and stored keyframes, as a shipped material has them, at `folder` / `name`."""
    bake(oa.save(small_copy(name), folder / name))
    return folder / name
