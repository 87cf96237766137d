"""A checkpoint folder to a material and back.

config.json    all facts (MaterialConfig)
model.eqx      the vector field's array leaves, as `equinox.tree_serialise_leaves` writes them
start.npy      the exemplar's state at time 0, float16, where solves can start from a stitched one (see ode/stitched_start.py)
preview.webp   an animated picture, baked from the model
keyframes.bin  what the viewer shows of it before it is solved, baked from the model (see checkpoints/baking.py)
README.md      a model card
exemplar.webp  the exemplar, beside materials that were imported with it; it is neither sent nor fetched
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
    """The material of a checkpoint folder.

    Raises CheckpointError, saying what is wrong, if it is not a sound one; DeviceError, if there is no device for its weights.
    """
    folder = Path(folder)
    config = load_config(folder)
    device.check()
    try:
        weights = read_arrays(checked_file(folder, WEIGHTS), weight_shapes(config.architecture))
        start = None
        if config.start_size is not None:
            start = read_half_precision(checked_file(folder, START), _start_shape(config))
    except CheckpointError as error:
        raise CheckpointError(f"{folder.name}: {error}") from error
    return Material(field_with_weights(config.architecture, weights), config, start)


def _start_shape(config):
    width, height = config.start_size
    return config.architecture.channels, height, width


def load_config(folder: Path | str) -> MaterialConfig:
    """The facts of a checkpoint folder, checked; the weights are not read."""
    folder = Path(folder)
    if not folder.is_dir():
        raise CheckpointError(f"There is no checkpoint folder {folder}.")
    try:
        path = checked_file(folder, CONFIG)
        if path.stat().st_size > MAX_CONFIG_BYTES:
            raise CheckpointError(f"{CONFIG} is larger than {MAX_CONFIG_BYTES:,} bytes.")
        data = parse_json(path.read_text("utf-8"))
        _check_format(data)
        config = from_json(MaterialConfig, data)
        check_config(config)
    except (OSError, UnicodeDecodeError) as error:
        raise CheckpointError(f"{folder.name}: {CONFIG} cannot be read: {error}.") from error
    except AppearanceError as error:
        raise CheckpointError(f"{folder.name}: {error}") from error
    return config


def _check_format(data):
    """Before its fields: those of another format may be other ones."""
    format = data.get("format", FORMAT_VERSION) if isinstance(data, dict) else FORMAT_VERSION
    if type(format) is int and format != FORMAT_VERSION:
        raise CheckpointError(f"{CONFIG} is of format {str(format)[:20]}; this version reads format {FORMAT_VERSION}.")


def check_config(config: MaterialConfig) -> None:
    """Raise ConfigError where the fields, each possible by itself, do not make a material together."""
    if (config.kind == "svbrdf") != (config.brdf is not None):
        raise ConfigError("config.brdf has to be given for an SVBRDF, and for nothing else.")
    if "\n" in config.name or len(config.name) > MAX_NAME:
        raise ConfigError(f"config.name has to be one line of up to {MAX_NAME} characters.")
    if config.start == "stitched" and config.start_size is None:
        raise ConfigError("config.start is stitched, but config.start_size does not say from what.")
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
            raise ConfigError(f"config.architecture: {width} channels cannot be normalised in groups.")
    if config.solver.step is None and config.solver.rtol < 1e-7:
        raise ConfigError("config.solver.rtol is finer than single precision; 1e-07 is the least.")
    parameters = count_parameters(architecture)
    if parameters > MAX_PARAMETERS:
        raise ConfigError(f"config.architecture has {parameters:,} parameters; {MAX_PARAMETERS:,} are the most.")


def checked_file(folder: Path, name: str) -> Path:
    """A regular file of a checkpoint folder; a link may lead out of it only within the Hub's own cache of that repo."""
    path = folder / name
    try:
        if not path.is_file():
            raise CheckpointError(f"{name} is missing.")
    except OSError as error:
        raise CheckpointError(f"{name} cannot be read: {error.strerror or error}.") from error
    home = folder.resolve()
    allowed = [home]
    target = path.resolve()
    if home.parent.name == "snapshots":  # models--user--repo/snapshots/COMMIT/file -> ../../blobs/HASH
        allowed.append(home.parent.parent / "blobs")
        if re.fullmatch("[0-9a-f]{64}", target.name):  # which may in turn be -> ../../blobs/HA/HASH, for all repositories
            allowed.append(home.parent.parent.parent / "blobs" / target.name[:2])
    if target.parent not in allowed:
        raise CheckpointError(f"{name} is a link that leads out of the folder.")
    return path


def save(material: Material, folder: Path | str, *, preview: bytes | None = None) -> Path:
    """Write a material's folder: all files are written beside their places, and then moved there together.

    Without `preview` (an animated WebP) it is baked. Raises CheckpointError where the folder cannot be written or the
    weights would not load again, ConfigError where the facts would not; what the folder held then stays as it was.
    """
    config = checked_facts(material.config)
    _check_weights(material.vector_field, config)
    start = _start_to_write(material)
    if preview is None:
        from .preview import bake_preview

        preview = bake_preview(material)
    writers = {
        WEIGHTS: lambda file: eqx.tree_serialise_leaves(file, material.vector_field),
        PREVIEW: lambda file: file.write(preview),
    }
    if start is not None:
        writers[START] = lambda file: np.save(file, start)
    return _write(Path(folder), config, writers)


def rename(folder: Path | str, name: str) -> Path:
    """Give the material of a folder another name; its weights stay as they are. Raises what `save` and `load_config` do."""
    config = dataclasses.replace(load_config(folder), name=name)
    return _write(Path(folder), checked_facts(config), {})


def _write(folder: Path, config: MaterialConfig, writers: dict[str, Callable[[BinaryIO], object]]) -> Path:
    card = model_card(config).encode()
    facts = (json.dumps(to_json(config), indent=1) + "\n").encode()
    writers = {**writers, CARD: lambda file: file.write(card), CONFIG: lambda file: file.write(facts)}
    try:
        write_together(folder, writers, lambda: _retire_other_architecture(folder, config))
    except OSError as error:
        raise CheckpointError(f"{folder} cannot be written: {error.strerror or error}.") from error
    return folder


def checked_facts(config: MaterialConfig) -> MaterialConfig:
    """The facts as they will be read again; raises ConfigError where they would not be."""
    try:
        read = json.loads(json.dumps(to_json(config)))
    except (TypeError, ValueError, RecursionError) as error:
        raise ConfigError(f"The facts of {config.name} are not plain JSON: {error}.") from error
    config = from_json(MaterialConfig, read)
    check_config(config)
    return config


def _check_weights(field, config):
    leaves = jax.tree.leaves(field)
    if [leaf.shape for leaf in leaves] != weight_shapes(config.architecture):
        raise CheckpointError(f"The weights of {config.name} are not of the architecture that its facts name.")
    if not all(bool(jnp.isfinite(leaf).all()) for leaf in leaves):
        raise CheckpointError(f"{config.name} has weights that are not finite numbers.")


def _start_to_write(material):
    """The state that starts are stitched from, in half precision."""
    if material.config.start_size is None:
        return None
    shape = _start_shape(material.config)
    if material.start is None or material.start.shape != shape:
        raise CheckpointError(f"{material.name} has no state of shape {shape} at time 0, which its facts name.")
    start = np.ascontiguousarray(material.start, "<f2")
    if not np.isfinite(start).all():
        raise CheckpointError(f"{material.name} has a state at time 0 that is not finite in half precision.")
    return start


def _retire_other_architecture(folder, config):
    """Delete config.json before files of other shapes replace the old ones, so that an interrupted save cannot mix the two."""
    try:
        old = load_config(folder)
        same = (old.architecture, old.start_size) == (config.architecture, config.start_size)
    except CheckpointError:
        same = False
    if not same:
        (folder / CONFIG).unlink(missing_ok=True)
