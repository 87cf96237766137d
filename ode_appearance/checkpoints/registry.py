"""Finding materials by name: the shipped ones, a folder of one's own, or a repository on the Hugging Face Hub."""

import re
from pathlib import Path

from ..errors import CheckpointError
from ..models.material import Material
from ..runtime.folders import checkpoints_folder, imports_folder
from .checkpoint import CONFIG, load_folder

_HUB_NAME = re.compile(r"[\w.-]+/[\w.-]+(@[\w./-]+)?")


def list_materials(folder: Path | str | None = None) -> list[str]:
    """The names of the checkpoint folders in a folder, by default of all local materials; sorted, with broken ones."""
    folders = {checkpoints_folder(), imports_folder()} if folder is None else {Path(folder)}
    return sorted({path.parent.name for folder in folders for path in folder.glob(f"*/{CONFIG}")})


def find_folder(name: str | Path) -> Path:
    """The local checkpoint folder of a name in checkpoints/, of a folder's path, or of a Hub repository (fetched).

    Raises CheckpointError, naming what there is, where there is none.
    """
    text = str(name)
    if (here := local_folder(text)) is not None:
        return here
    if _HUB_NAME.fullmatch(text) and ".." not in text:
        from .hub import fetch

        return fetch(text)
    known = ", ".join(list_materials()) or "none"
    raise CheckpointError(
        f"There is no material {text[:99]!r}. Known ones: {known}. A folder or a Hub repository (user/repo@revision) works too."
    )


def local_folder(text: str) -> Path | None:
    """The folder of a name in checkpoints/, or of a path; None where this machine has none."""
    if re.fullmatch(r"[\w-]+", text):
        for folder in (checkpoints_folder(), imports_folder()):
            if _is_folder(folder / text):
                return folder / text
    return Path(text) if _is_folder(Path(text)) else None


def _is_folder(path):
    try:
        return path.is_dir()
    except OSError:  # a name that no file system can hold, or a folder that may not be looked into
        return False


def load(name: str | Path) -> Material:
    """The material of a name in checkpoints/, of a checkpoint folder, or of a Hub repository `user/repo[@revision]`.

    Raises CheckpointError where there is none or where it is not sound.
    """
    return load_folder(find_folder(name))
