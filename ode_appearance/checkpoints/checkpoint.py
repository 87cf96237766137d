"""Checkpoint folders: a material saved to and loaded from files.

config.json    all metadata (MaterialConfig)
model.eqx      the vector field's array leaves, in the format of `equinox.tree_serialise_leaves`
start.npy      the exemplar's state at time 0, float16, for materials with a stitched start (ode/stitched_start.py)
preview.webp   animated preview, baked from the model
keyframes.bin  keyframes for the viewer, baked from the model (checkpoints/keyframe_baking.py)
README.md      model card
exemplar.webp  the exemplar of an imported material; neither published nor fetched
"""

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ..config.schema import FORMAT_VERSION, MaterialConfig
from ..config.serialization import from_json, parse_json, to_json
from ..errors import AppearanceError, CheckpointError, ConfigError
from ..models.material import Material, map_channels
from ..models.unet_weights import count_parameters, field_with_weights, weight_shapes
from ..runtime import device
from ..runtime.atomic_io import write_together
from ..runtime.precision import in_single_precision
from .model_card import model_card
from .npy_records import read_arrays, read_half_precision

CONFIG, WEIGHTS, START = "config.json", "model.eqx", "start.npy"
PREVIEW, CARD, KEYFRAMES = "preview.webp", "README.md", "keyframes.bin"
EXEMPLAR = "exemplar.webp"
FILES = (CONFIG, WEIGHTS, START, PREVIEW, CARD, KEYFRAMES)
MAX_CONFIG_BYTES = 1 << 20
MAX_PARAMETERS = 50_000_000
MAX_NAME = 200


@in_single_precision
def load_folder(folder: Path | str) -> Material:
    """Load the material of a checkpoint folder.

    Raises:
        CheckpointError: Where the checkpoint is missing or invalid.
        DeviceError: Where JAX has no device for its weights.
    """
    folder = Path(folder)
    config = load_config(folder)
    device.require()
    try:
        weights = read_arrays(safe_file(folder, WEIGHTS), weight_shapes(config.architecture))
        start = None
        if config.start_size is not None:
            start = read_half_precision(safe_file(folder, START), _start_shape(config))
    except CheckpointError as error:
        raise CheckpointError(f"{folder.name}: {error}", code=error.code) from error
    return Material(field_with_weights(config.architecture, weights), config, start)


def _start_shape(config):
    width, height = config.start_size
    return config.architecture.channels, height, width


def load_config(folder: Path | str) -> MaterialConfig:
    """Load and check the metadata of a checkpoint folder, without its weights.

    Raises:
        CheckpointError: Where it is missing or invalid.
    """
    folder = Path(folder)
    if not folder.is_dir():
        raise CheckpointError(f"There is no checkpoint folder {folder}.")
    try:
        path = safe_file(folder, CONFIG)
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise CheckpointError(f"{CONFIG} is larger than {MAX_CONFIG_BYTES:,} bytes.")
        data = parse_json(path.read_text("utf-8"))
        _check_format(data)
        config = from_json(MaterialConfig, data)
        check_config(config)
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(f"{folder.name}: {CONFIG} cannot be read: {error}.") from error
    except AppearanceError as error:
        raise CheckpointError(f"{folder.name}: {error}", code=error.code) from error
    return config


def _check_format(data):
    """Checked before the fields, which may differ in another format."""
    format = data.get("format", FORMAT_VERSION) if isinstance(data, dict) else FORMAT_VERSION
    if type(format) is int and format != FORMAT_VERSION:
        raise CheckpointError(f"{CONFIG} has format {str(format)[:20]}; this version reads format {FORMAT_VERSION}.")


def check_config(config: MaterialConfig) -> None:
    """Raise ConfigError where fields, each valid by itself, contradict each other."""
    if (config.kind == "svbrdf") != (config.brdf is not None):
        raise ConfigError("config.brdf is required for an SVBRDF, and not allowed otherwise.")
    if "\n" in config.name or len(config.name) > MAX_NAME:
        raise ConfigError(f"config.name has to be one line of up to {MAX_NAME} characters.")
    if config.start == "stitched" and config.start_size is None:
        raise ConfigError("config.start is stitched, which requires config.start_size.")
    architecture = config.architecture
    visible = sum(channels for _, channels in map_channels(config))
    if architecture.channels < visible:
        raise ConfigError(
            f"config.architecture.channels has to be at least {visible} for these maps, not {architecture.channels}."
        )
    if len(architecture.dim_mults) > 6:
        raise ConfigError("config.architecture.dim_mults has more than 6 levels.")
    for multiplier in architecture.dim_mults:
        width = architecture.dim * multiplier
        if architecture.dim % 2 or width % min(width // 4, 32):
            raise ConfigError(f"config.architecture: {width} channels do not divide into normalisation groups.")
    if config.solver.step is None and config.solver.rtol < 1e-7:
        raise ConfigError("config.solver.rtol is below single precision; the minimum is 1e-07.")
    parameters = count_parameters(architecture)
    if parameters > MAX_PARAMETERS:
        raise ConfigError(f"config.architecture has {parameters:,} parameters; the maximum is {MAX_PARAMETERS:,}.")


def safe_file(folder: Path, name: str) -> Path:
    """The path of a regular file of a checkpoint folder, which is no link out of it.

    Links within the Hub's cache of the same repository are allowed.

    Raises:
        CheckpointError: Codes "missing-file" and "outside-link".
    """
    path = folder / name
    try:
        if not path.is_file():
            raise CheckpointError(f"{name} is missing.", code="missing-file")
    except OSError as error:
        raise CheckpointError(f"{name} cannot be read: {error.strerror or error}.") from error
    home = folder.resolve()
    allowed = [home]
    target = path.resolve()
    if home.parent.name == "snapshots":  # models--user--repo/snapshots/COMMIT/file -> ../../blobs/HASH
        allowed.append(home.parent.parent / "blobs")
        if re.fullmatch("[0-9a-f]{64}", target.name):  # which may link to ../../blobs/HA/HASH, shared by repositories
            allowed.append(home.parent.parent.parent / "blobs" / target.name[:2])
    if target.parent not in allowed:
        raise CheckpointError(f"{name} is a link that points outside of the folder.", code="outside-link")
    return path


def check_savable(material: Material) -> None:
    """Raise CheckpointError or ConfigError where a material could not be loaded again after saving."""
    config = validated_config(material.config)
    _check_weights(material.vector_field, config)
    _half_precision_start(material)


def save_folder(material: Material, folder: Path | str, preview: bytes | None) -> Path:
    """Write a material's files; all are complete before the first replaces an old one.

    Args:
        material: The material.
        folder: The checkpoint folder; missing parents are created.
        preview: An animated WebP; None writes no preview.

    Returns:
        The folder.

    Raises:
        CheckpointError: Where the folder cannot be written, or the weights could not be loaded again.
        ConfigError: Where the configuration could not be loaded again.
    """
    check_savable(material)
    writers = {WEIGHTS: lambda file: eqx.tree_serialise_leaves(file, material.vector_field)}
    if preview is not None:
        writers[PREVIEW] = lambda file: file.write(preview)
    if (start := _half_precision_start(material)) is not None:
        writers[START] = lambda file: np.save(file, start)
    return _write(Path(folder), validated_config(material.config), writers)


def rename(folder: Path | str, name: str) -> Path:
    """Rename a material; its weights stay unchanged.

    Raises:
        CheckpointError: Where the folder is invalid or cannot be written.
        ConfigError: Where the name is invalid.
    """
    config = dataclasses.replace(load_config(folder), name=name)
    return _write(Path(folder), validated_config(config), {})


def _write(folder: Path, config: MaterialConfig, writers: dict[str, Callable[[BinaryIO], object]]) -> Path:
    card = model_card(config).encode()
    metadata = (json.dumps(to_json(config), indent=1) + "\n").encode()
    writers = {**writers, CARD: lambda file: file.write(card), CONFIG: lambda file: file.write(metadata)}
    try:
        write_together(folder, writers, lambda: _retire_other_architecture(folder, config))
    except OSError as error:
        raise CheckpointError(f"{folder} cannot be written: {error.strerror or error}.", code="not-writable") from error
    return folder


def validated_config(config: MaterialConfig) -> MaterialConfig:
    """The configuration as it will be loaded again; raises ConfigError where it could not be."""
    try:
        read = json.loads(json.dumps(to_json(config)))
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigError(f"The metadata of {config.name} is not plain JSON: {error}.") from error
    config = from_json(MaterialConfig, read)
    check_config(config)
    return config


def _check_weights(field, config):
    leaves = jax.tree.leaves(field)
    if [leaf.shape for leaf in leaves] != weight_shapes(config.architecture):
        raise CheckpointError(f"The weights of {config.name} do not match its architecture.", code="architecture")
    if not all(bool(jnp.isfinite(leaf).all()) for leaf in leaves):
        raise CheckpointError(f"{config.name} has weights that are not finite.", code="not-finite")


def _half_precision_start(material):
    """The start state as it is stored, or None."""
    if material.config.start_size is None:
        return None
    shape = _start_shape(material.config)
    if material.start is None or material.start.shape != shape:
        raise CheckpointError(f"{material.name} has no start state of shape {shape}, which its metadata requires.")
    start = np.ascontiguousarray(material.start, "<f2")
    if not np.isfinite(start).all():
        raise CheckpointError(f"{material.name} has a start state that is not finite in half precision.")
    return start


def _retire_other_architecture(folder, config):
    """Delete config.json before replacing files of another architecture, so an interrupted save cannot mix the two."""
    try:
        old = load_config(folder)
        same = (old.architecture, old.start_size) == (config.architecture, config.start_size)
    except CheckpointError:
        same = False
    if not same:
        (folder / CONFIG).unlink(missing_ok=True)
