"""Checkpoints in the format of the paper's release, as materials."""

import dataclasses
from pathlib import Path

from ..checkpoints.checkpoint import check_config
from ..checkpoints.npy_records import read_arrays, read_scalars
from ..config.schema import Architecture, Attention, Light, MaterialConfig, SolverConfig, Times
from ..errors import CheckpointError
from ..models.material import Material
from ..models.unet_weights import field_with_weights, weight_shapes
from ..runtime.regular_files import display_path, file_kind, path_exists
from ..shading.brdf import BRDF_MODELS

HIDDEN_CHANNELS = 9
WEIGHTS, LIGHT = "model.eqx", "light.eqx"


def published_config(
    name: str,
    kind: str,
    *,
    brdf: str | None = None,
    dim: int | None = None,
    dim_mults: tuple[int, ...] | None = None,
) -> MaterialConfig:
    """The configuration of a published checkpoint; sizes, times and solver default to the release's.

    Args:
        name: Name of the material.
        kind: "rgb" or "svbrdf".
        brdf: BRDF model of an SVBRDF.
        dim: Channels of the network at full resolution.
        dim_mults: Factors of `dim`, one a level.

    Raises:
        ConfigError: Where these do not make a valid network.
    """
    if kind == "rgb":
        channels, attention = 3 + HIDDEN_CHANNELS, Attention()
        dim, dim_mults, brdf = dim or 32, dim_mults or (1, 2, 4), None
        times = Times(warmup=1.0, duration=5.0, frame_interval=0.05, frames=100)
    else:
        brdf = brdf or "diffuse_cook_torrance"
        channels, attention = BRDF_MODELS[brdf].channels + 1 + HIDDEN_CHANNELS, None
        dim, dim_mults = dim or 64, dim_mults or (1, 2)
        times = Times(warmup=2.0, duration=10.0, frame_interval=0.1, frames=100)
    architecture = Architecture(channels, dim, tuple(dim_mults), attention)
    config = MaterialConfig(name, kind, brdf, architecture, times, SolverConfig())
    check_config(config)
    return config


def import_official(folder: Path | str, config: MaterialConfig) -> Material:
    """Load a folder with a published `model.eqx` and, for an SVBRDF, `light.eqx`.

    Args:
        folder: The folder.
        config: Everything that the files do not hold.

    Raises:
        CheckpointError: Where the files are missing, invalid, or of another architecture.
    """
    folder = Path(folder)
    if file_kind(folder, CheckpointError) != "a folder":
        raise CheckpointError(
            f"{display_path(folder)} is {file_kind(folder, CheckpointError)}, not a folder with {WEIGHTS} in it."
        )
    if not path_exists(folder / WEIGHTS):
        raise CheckpointError(f"{display_path(folder)} holds no {WEIGHTS}.", code="no-model")
    weights = read_arrays(folder / WEIGHTS, weight_shapes(config.architecture), skip_scalars=True)
    if config.brdf is not None and path_exists(folder / LIGHT):
        log_intensity, x, y = read_scalars(folder / LIGHT, 3)
        config = dataclasses.replace(config, light=Light(x, y, log_intensity))
    return Material(field_with_weights(config.architecture, weights), config)
