"""Kind and architecture of a published model, inferred from the shapes in its file."""

import dataclasses
import itertools
from collections.abc import Sequence
from pathlib import Path

from ..checkpoints.checkpoint import MAX_PARAMETERS, check_config
from ..checkpoints.npy_records import read_headers
from ..config.schema import Architecture, Attention, BrdfName, Kind, MaterialConfig
from ..config.serialization import from_json, to_json
from ..errors import AppearanceError, CheckpointError
from ..models.unet_weights import weight_shapes
from ..shading.brdf import BRDF_MODELS
from .published_weights import HIDDEN_CHANNELS, published_config

_MAX_RECORDS = 2000
_BEFORE_BLOCKS = 8
"""Array leaves of the first convolution, its normalisation and the time MLP."""
Shapes = Sequence[tuple[int, ...]]


@dataclasses.dataclass(frozen=True)
class ArchitectureHints:
    """Properties of a published model that its shapes may not determine; None: infer from the shapes."""

    kind: Kind | None = None
    brdf: BrdfName | None = None
    hidden_channels: int | None = None
    heads: int | None = None


def infer_config(
    weights: Path, name: str, *, has_light: bool, hints: ArchitectureHints = ArchitectureHints()
) -> MaterialConfig:
    """The configuration of a published `model.eqx`: kind, BRDF and architecture by its shapes, the rest as published.

    Args:
        weights: The file.
        name: Name of the material.
        has_light: Whether a `light.eqx` lies beside it.
        hints: Properties that the shapes may not determine.

    Raises:
        CheckpointError: Where the file is no model of the release (code "no-model"), or where neither its channels nor `hints`
            determine the kind (code "ambiguous").
    """
    headers = read_headers(weights, 4 * MAX_PARAMETERS, _MAX_RECORDS)
    shapes = [header.shape for header in headers if header.shape != ()]
    heads = next((int(header.value) for header in headers if header.value is not None), hints.heads)
    try:
        found = _architecture(shapes, heads or Attention().heads)
    except (IndexError, ValueError, ZeroDivisionError) as error:
        raise CheckpointError(
            f"{weights.name} is no model of the paper's release: its arrays have other shapes.", code="no-model"
        ) from error
    kind, brdf = _kind(found.channels, has_light, hints)
    config = dataclasses.replace(published_config(name, kind, brdf=brdf), architecture=found)
    try:
        config = from_json(MaterialConfig, to_json(config))
        check_config(config)
    except AppearanceError as error:
        raise CheckpointError(f"{weights.name} is no model that can be imported: {error}", code="no-model") from error
    if weight_shapes(config.architecture) != shapes:
        raise CheckpointError(
            f"{weights.name} is no model of the paper's release: its arrays have other shapes.", code="no-model"
        )
    return config


def _architecture(shapes: Shapes, heads: int) -> Architecture:
    """The architecture that the shapes suggest; raises IndexError or ValueError where they fit none."""
    channels, dim = shapes[0][1], shapes[4][1]
    # A block is a 3x3 convolution with bias and the linear layer of the time embedding; blocks of the encoder keep the number
    # of channels, those of the decoder halve it.
    blocks = [
        first
        for first, third in zip(shapes[_BEFORE_BLOCKS:], shapes[_BEFORE_BLOCKS + 2 :], strict=False)
        if first[2:] == (3, 3) and len(third) == 2
    ]
    dims = list(itertools.takewhile(lambda width: width is not None, (b[0] if b[0] == b[1] else None for b in blocks)))
    if not dims or any(width % dim for width in dims):
        raise ValueError
    attention = None
    if len(shapes[_BEFORE_BLOCKS + 4]) == 1:
        attention = Attention(heads, shapes[_BEFORE_BLOCKS + 6][0] // (3 * heads))
    return Architecture(channels, dim, tuple(width // dim for width in dims), attention)


def _kind(channels: int, has_light: bool, hints: ArchitectureHints) -> tuple[Kind, BrdfName | None]:
    """Kind and BRDF model of a state with this number of channels."""
    if hints.brdf is not None:
        return "svbrdf", hints.brdf
    if hints.kind == "rgb":
        return "rgb", None
    visible = channels - (HIDDEN_CHANNELS if hints.hidden_channels is None else hints.hidden_channels)
    if visible == 3 and hints.kind is None and not has_light:
        return "rgb", None
    models = [name for name, model in BRDF_MODELS.items() if model.channels + 1 == visible]
    if len(models) == 1:
        return "svbrdf", models[0]
    what = " or ".join(models) or "no known material"
    raise CheckpointError(
        f"A state of {channels} channels, {channels - visible} of them hidden, fits {what}: specify --brdf, --kind rgb or "
        "--hidden-channels.",
        code="ambiguous",
    )
