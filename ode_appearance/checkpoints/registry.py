"""The local registry of materials: folders below checkpoints/, and folders by their path."""

import os
import re
from pathlib import Path

from .checkpoint import CONFIG

CHECKPOINTS_VARIABLE = "ODE_APPEARANCE_CHECKPOINTS"


def checkpoints_folder() -> Path:
    """The folder of shipped materials: $ODE_APPEARANCE_CHECKPOINTS, or `checkpoints/` beside the package."""
    return Path(os.environ.get(CHECKPOINTS_VARIABLE) or Path(__file__).parents[2] / "checkpoints")


def list_materials(folder: Path | str | None = None) -> list[str]:
    """Names of the checkpoint folders in a folder, sorted; invalid ones are included.

    Args:
        folder: Default: `checkpoints_folder()`.
    """
    folder = checkpoints_folder() if folder is None else Path(folder)
    return sorted(path.parent.name for path in folder.glob(f"*/{CONFIG}"))


def local_folder(text: str) -> Path | None:
    """The folder of a name in checkpoints/ or of a path; None where this machine has none."""
    shipped = checkpoints_folder() / text
    if re.fullmatch(r"[\w-]+", text) and _is_folder(shipped):
        return shipped
    return Path(text) if _is_folder(Path(text)) else None


def _is_folder(path):
    try:
        return path.is_dir()
    except OSError:  # an invalid name, or no permission
        return False
