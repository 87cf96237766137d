"""The local registry of materials: folders below checkpoints/, and folders by their path."""

import re
from pathlib import Path

from ..runtime.folders import checkpoints_folder, imports_folder
from .checkpoint import CONFIG


def list_materials(folder: Path | str | None = None) -> list[str]:
    """Names of the checkpoint folders in a folder, sorted; invalid ones are included.

    Args:
        folder: Default: all local materials, shipped and imported.
    """
    folders = {checkpoints_folder(), imports_folder()} if folder is None else {Path(folder)}
    return sorted({path.parent.name for folder in folders for path in folder.glob(f"*/{CONFIG}")})


def local_folder(text: str) -> Path | None:
    """The folder of a name in checkpoints/ or of a path; None where this machine has none."""
    if re.fullmatch(r"[\w-]+", text):
        for folder in (checkpoints_folder(), imports_folder()):
            if _is_folder(folder / text):
                return folder / text
    return Path(text) if _is_folder(Path(text)) else None


def _is_folder(path):
    try:
        return path.is_dir()
    except OSError:  # an invalid name, or no permission
        return False
