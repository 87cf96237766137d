"""The published data sets' layout: which exemplars a folder holds."""

import dataclasses
from pathlib import Path
from typing import get_args

from ..config.schema import Kind
from ..errors import ExemplarError
from ..runtime.folders import examples_folder
from ..runtime.regular_files import expanded, is_folder, is_there, kind_of, named
from .file_names import in_order

RGB_FOLDER = "RGB_dynamic_textures"
SVBRDF_FOLDER = "SVBRDF_dynamic_flash_textures"
READABLE = (".gif", ".webp", ".png", ".avif", ".mp4", ".m4v", ".avi", ".mov", ".mkv", ".webm", ".zip")
# The lights (x, y) of the ground-truth pictures beside a synthetic exemplar: the three published ones, and one of our own.
RELIGHTS = {"up": (0.0, 0.6), "left": (-0.5, 0.0), "rightdown": (0.5, -0.5), "rightup": (0.35, 0.35)}


@dataclasses.dataclass(frozen=True)
class DatasetEntry:
    """One exemplar of a data set; `relit` maps the names of RELIGHTS to folders of ground-truth pictures."""

    name: str
    kind: Kind
    path: Path
    relit: dict[str, Path] = dataclasses.field(default_factory=dict)


def list_dataset(root: str | Path) -> list[DatasetEntry]:
    """Every exemplar below `root`: a folder holding one or both of the data sets' folders, or one of these itself.

    `RGB_dynamic_textures/NAME.gif` (WebP, PNG and AVIF animations as well), `SVBRDF_dynamic_flash_textures/NAME/*.JPG` (or
    animated files) and `SVBRDF_dynamic_flash_textures/synthetic/NAME` with its siblings NAME_relit_up, _left and _rightdown.
    Raises ExemplarError where there is none.
    """
    root = expanded(root, ExemplarError)
    kind_of(root, ExemplarError)
    entries = []
    for kind, name in zip(get_args(Kind), (RGB_FOLDER, SVBRDF_FOLDER), strict=True):
        folder = root if root.name == name else root / name
        for place in (folder, folder / "synthetic"):
            entries += _entries(place, kind) if is_folder(place) else []
    if not entries:
        raise ExemplarError(f"{named(root)} holds no exemplars; it should contain {RGB_FOLDER} or {SVBRDF_FOLDER}.")
    return entries


def _entries(place, kind):
    entries = []
    try:
        names = in_order(path.name for path in place.iterdir())
    except OSError as error:
        raise ExemplarError(f"{named(place)} cannot be read: {error.strerror or error}.") from error
    for path in (place / name for name in names):
        animated = path.suffix.lower() in (".gif", ".webp", ".png", ".avif")
        filmed = is_folder(path) and kind == "svbrdf" and path.name != "synthetic"
        if path.name.startswith(".") or "_relit_" in path.name or not (animated or filmed):
            continue
        entries.append(DatasetEntry(path.stem, kind, path, relit_siblings(path)))
    return entries


def relit_siblings(path: Path) -> dict[str, Path]:
    """The pictures under other lights that lie beside an exemplar, by their names in RELIGHTS."""
    path = path if path.name not in ("", "..") else path.resolve()
    siblings = {light: path.with_name(f"{path.stem}_relit_{light}{path.suffix}") for light in RELIGHTS}
    return {light: sibling for light, sibling in siblings.items() if is_there(sibling)}


def find_exemplar(name: str, folder: Path | None = None) -> Path | None:
    """The first file or folder of this name below `folder`, or below the examples of the repository; None if there is none."""
    for place in (folder, examples_folder()):
        if name and place is not None and is_folder(place):
            for path in sorted(place.rglob("*")):
                if path.name == name or (path.stem == name and path.suffix.lower() in READABLE):
                    return path
    return None
