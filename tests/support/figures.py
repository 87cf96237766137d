"""The reference figures, and the models that they were computed with (reference/README.md says what they are)."""

from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ode_appearance.config.schema import Architecture, MaterialConfig, SolverConfig, Times
from ode_appearance.models.material import Material
from ode_appearance.models.unet import VectorField
from ode_appearance.paper_models.published_weights import import_official, published_config

REFERENCE = Path(__file__).parents[1] / "reference"
KEPT = np.s_[..., 1::2, 2::3]
"""The pixels that `vector_fields.npz` keeps."""
KEPT_OF_STARTERS = np.s_[..., ::4, ::4]

PUBLISHED = {
    "rgb": Architecture(),
    "svbrdf": Architecture(18, 64, (1, 2), None),
    "rgb_tiny": Architecture(dim=16),
    "svbrdf_tiny": Architecture(18, 16, (1, 2), None),
}
LIGHTS = {"center": (0.0, 0.0), "up": (0.0, 0.6), "left": (-0.5, 0.0), "rightdown": (0.5, -0.5)}


def figures(name: str) -> dict[str, np.ndarray]:
    """All arrays of a file of figures."""
    with np.load(REFERENCE / f"{name}.npz") as file:
        return dict(file)


def relative_error(ours, theirs) -> float:
    """||ours - theirs|| / ||theirs||."""
    ours, theirs = np.asarray(ours, np.float64), np.asarray(theirs, np.float64)
    assert ours.shape == theirs.shape
    return float(np.linalg.norm(ours - theirs) / np.linalg.norm(theirs))


def formula_field(architecture: Architecture) -> VectorField:
    """The vector field whose weights are the formula's."""
    return with_weights(_formula, VectorField, architecture)


def random_weights(module: type, *arguments, seed: int = 0, scale: float = 0.3, **options):
    """A module of this type with random numbers in all of its weights, so that none of them is zero or one."""
    random = np.random.default_rng(seed)

    def fill(i, path, shape):
        around = 1.0 if "norm" in path and path.endswith(".weight") else 0.0
        spread = scale if len(shape) < 2 else 1 / np.sqrt(np.prod(shape[1:]))
        return jnp.asarray(around + spread * random.standard_normal(shape), jnp.float32)

    return with_weights(fill, module, *arguments, **options)


def with_weights(fill, module, *arguments, **options):
    """A module whose i-th array leaf is `fill(i, path, shape)`. It is never initialised, which would compile for seconds."""
    abstract = eqx.filter_eval_shape(module, *arguments, key=jax.random.PRNGKey(0), **options)
    leaves, structure = jax.tree_util.tree_flatten_with_path(abstract)
    return jax.tree.unflatten(
        structure, [fill(i, jax.tree_util.keystr(path), leaf.shape) for i, (path, leaf) in enumerate(leaves)]
    )


def _formula(i, path, shape):
    is_vector = len(shape) == 1 or shape[1:] == (1, 1)
    scale = 0.1 if is_vector else 1 / np.sqrt(np.prod(shape[1:]))
    values = scale * np.sin(0.7 * np.arange(np.prod(shape)) + 1.3 * i + 0.1)
    if "norm" in path and path.endswith(".weight"):
        values = values + 1
    return jnp.asarray(values.reshape(shape), jnp.float32)


def formula_material(name: str) -> Material:
    """The material that the figures of `vector_fields.npz` were computed with."""
    svbrdf = name.startswith("svbrdf")
    config = MaterialConfig(
        name=name,
        kind="svbrdf" if svbrdf else "rgb",
        brdf="diffuse_cook_torrance" if svbrdf else None,
        architecture=PUBLISHED[name],
        times=Times(warmup=1.0, duration=1.0),
        solver=SolverConfig(),
    )
    return Material(formula_field(config.architecture), config)


def official_config(name: str) -> MaterialConfig:
    """The facts of the checkpoints in reference/, in the release's own format."""
    if name == "rusting_steel":
        config = published_config(name, "rgb", dim=16)
        times = Times(warmup=0.99, duration=4.95, frame_interval=0.05, frames=99)
    elif name == "clay_solidifying":
        config = published_config(name, "svbrdf", dim=24)
        times = Times(warmup=1.0, duration=5.0, frame_interval=0.05, frames=100)
    else:
        config = published_config(name, name.removesuffix("_tiny"), dim=16)
        times = config.times
    return MaterialConfig(name, config.kind, config.brdf, config.architecture, times, SolverConfig())


def official_material(name: str) -> Material:
    """A checkpoint of reference/, imported."""
    return import_official(REFERENCE / name, official_config(name))
