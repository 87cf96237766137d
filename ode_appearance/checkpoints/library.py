"""Materials by name: loaded from a folder or the Hugging Face Hub, and saved with a baked preview."""

import re
from pathlib import Path

from ..errors import CheckpointError
from ..models.material import Material
from . import hub
from .checkpoint import check_savable, load_folder, save_folder
from .preview import bake_preview
from .registry import list_materials, local_folder

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+(@[\w./-]+)?")


def find_folder(name: str | Path) -> Path:
    """The local folder of a material; a Hub repository is fetched.

    Args:
        name: A name in checkpoints/, the path of a checkpoint folder, or a Hub repository `user/repo[@revision]`.

    Raises:
        CheckpointError: Where there is no such material; the message lists the known names. Code "unknown-material".
        HubError: Where a repository cannot be fetched.
    """
    text = str(name)
    if (folder := local_folder(text)) is not None:
        return folder
    if _HUB_NAME.fullmatch(text) and ".." not in text:
        return hub.fetch(text)
    known = ", ".join(list_materials()) or "none"
    raise CheckpointError(
        f"There is no material {text[:99]!r}. Known: {known}. Or name a folder, or a Hub repository (user/repo@revision).",
        code="unknown-material",
    )


def load(name: str | Path) -> Material:
    """Load a material.

    Args:
        name: A name in checkpoints/, the path of a checkpoint folder, or a Hub repository `user/repo[@revision]`.

    Raises:
        CheckpointError: Where there is no such material, or its checkpoint is invalid.
        DeviceError: Where JAX has no device for its weights.
    """
    return load_folder(find_folder(name))


def save(material: Material, folder: Path | str, *, preview: bytes | None = None) -> Path:
    """Save a material as a checkpoint folder; a failed save leaves the previous files unchanged.

    Args:
        material: The material.
        folder: The checkpoint folder; missing parents are created.
        preview: An animated WebP; None bakes one, which solves the material over its exemplar's span.

    Returns:
        The folder.

    Raises:
        CheckpointError: Where the folder cannot be written, or the weights could not be loaded again.
        ConfigError: Where the configuration could not be loaded again.
        RequestError: Where the preview cannot be solved.
    """
    if preview is None:
        check_savable(material)
        preview = bake_preview(material)
    return save_folder(material, folder, preview)
