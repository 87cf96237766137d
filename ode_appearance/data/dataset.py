"""The folder layout of the published data sets: lists their exemplars."""

import dataclasses
from pathlib import Path
from typing import get_args

from ..config.schema import Kind
from ..errors import ExemplarError
from ..runtime.folders import examples_folder
from ..runtime.regular_files import display_path, expand_home, file_kind, is_folder, path_exists
from .file_names import natural_sorted

RGB_FOLDER = "RGB_dynamic_textures"
SVBRDF_FOLDER = "SVBRDF_dynamic_flash_textures"
READABLE_SUFFIXES = (".gif", ".webp", ".png", ".avif", ".mp4", ".m4v", ".avi", ".mov", ".mkv", ".webm", ".zip")
# Lights (x, y) of the ground-truth images beside a synthetic exemplar: the three published ones, and one of ours.
RELIGHTS = {"up": (0.0, 0.6), "left": (-0.5, 0.0), "rightdown": (0.5, -0.5), "rightup": (0.35, 0.35)}


@dataclasses.dataclass(frozen=True)
class DatasetEntry:
    """An exemplar of a data set; `relit` maps names of RELIGHTS to folders of ground-truth images."""

    name: str
    kind: Kind
    path: Path
    relit: dict[str, Path] = dataclasses.field(default_factory=dict)


def list_dataset(root: str | Path) -> list[DatasetEntry]:
    """All exemplars below `root`.

    The layout: `RGB_dynamic_textures/NAME.gif` (or animated WebP, PNG, AVIF), `SVBRDF_dynamic_flash_textures/NAME/*.JPG` (or an
    animation), and `SVBRDF_dynamic_flash_textures/synthetic/NAME` with its siblings NAME_relit_up, _left and _rightdown.

    Args:
        root: A folder that holds one or both of the data sets' folders, or is one of them.

    Raises:
        ExemplarError: Where there is none (code "no-exemplars"), or the folder cannot be read.
    """
    root = expand_home(root, ExemplarError)
    file_kind(root, ExemplarError)
    entries = []
    for kind, name in zip(get_args(Kind), (RGB_FOLDER, SVBRDF_FOLDER), strict=True):
        folder = root if root.name == name else root / name
        for place in (folder, folder / "synthetic"):
            entries += _entries(place, kind) if is_folder(place) else []
    if not entries:
        raise ExemplarError(
            f"{display_path(root)} holds no exemplars; it should contain {RGB_FOLDER} or {SVBRDF_FOLDER}.", code="no-exemplars"
        )
    return entries


def _entries(place, kind):
    entries = []
    try:
        names = natural_sorted(path.name for path in place.iterdir())
    except OSError as error:
        raise ExemplarError(f"{display_path(place)} cannot be read: {error.strerror or error}.") from error
    for path in (place / name for name in names):
        animated = path.suffix.lower() in (".gif", ".webp", ".png", ".avif")
        filmed = is_folder(path) and kind == "svbrdf" and path.name != "synthetic"
        if path.name.startswith(".") or "_relit_" in path.name or not (animated or filmed):
            continue
        entries.append(DatasetEntry(path.stem, kind, path, relit_siblings(path)))
    return entries


def relit_siblings(path: Path) -> dict[str, Path]:
    """Images under other lights beside an exemplar, by their names in RELIGHTS."""
    path = path if path.name not in ("", "..") else path.resolve()
    siblings = {light: path.with_name(f"{path.stem}_relit_{light}{path.suffix}") for light in RELIGHTS}
    return {light: sibling for light, sibling in siblings.items() if path_exists(sibling)}


def find_exemplar(name: str, folder: Path | None = None) -> Path | None:
    """Find an exemplar by name, with or without its suffix.

    Args:
        name: Name of a file or folder.
        folder: The user's folder, searched recursively before the repository's examples.

    Returns:
        The first match, or None.
    """
    for place in (folder, examples_folder()):
        if name and place is not None and is_folder(place):
            for path in sorted(place.rglob("*")):
                if path.name == name or (path.stem == name and path.suffix.lower() in READABLE_SUFFIXES):
                    return path
    return None
