"""The paper's release as a zip file or folder: finds the models and exemplars in it, at any depth."""

import contextlib
import os
import re
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Protocol, runtime_checkable

from ..errors import CheckpointError
from ..runtime.regular_files import display_path, file_kind
from ..runtime.safe_zip import check_entry, open_zip
from .published_weights import LIGHT, WEIGHTS

MAX_ENTRIES = 500_000
MAX_DIRECTORY_BYTES = 128 << 20
MAX_UNPACKED_BYTES = 16 << 30
PICTURES = (".jpg", ".jpeg", ".png")
ANIMATIONS = (".gif", ".webp", ".mp4", ".avi", ".mov")


class ReleaseModel(NamedTuple):
    """A model of the release: name, folder, files, and the files of its exemplar (none, one, or its frames)."""

    name: str
    folder: PurePosixPath
    files: list[PurePosixPath]
    exemplar: list[PurePosixPath]


@runtime_checkable
class ReleaseFiles(Protocol):
    """The files of a release: path in the release -> size in bytes."""

    sizes: dict[PurePosixPath, int]

    def copy(self, path: PurePosixPath, target: Path) -> None:
        """Copy a file to `target`; raises CheckpointError where it cannot be read."""
        ...


@contextlib.contextmanager
def open_release(path: Path) -> Iterator[ReleaseFiles]:
    """Open a zip file or a folder.

    Raises:
        CheckpointError: For anything else, and for an unsafe zip file.
    """
    if (kind := file_kind(path, CheckpointError)) == "a folder":
        yield _FolderFiles(path)
        return
    if kind != "a file":
        raise CheckpointError(f"{display_path(path)} is {kind}, not a zip file or a folder.")
    with open_zip(path, MAX_DIRECTORY_BYTES, CheckpointError) as archive:
        yield _ZipFiles(path.name, archive)


def find_models(files: ReleaseFiles, name: str) -> list[ReleaseModel]:
    """All models of a release in the order of their paths.

    Where two folders have the same name, the later model's name is prefixed by its parent folder. The exemplar of a model is an
    animation of its name, a folder of images of its name, or the folder `exemplars` that the published samplers write for it.

    Args:
        files: The release.
        name: Name of a model at the top level.
    """
    pictures: dict[PurePosixPath, list[PurePosixPath]] = {}
    animations: dict[str, PurePosixPath] = {}
    weights = []
    for path in sorted(files.sizes):
        if any(part.startswith((".", "__MACOSX")) for part in path.parts):
            continue
        if path.name == WEIGHTS:
            weights.append(path)
        elif path.suffix.lower() in PICTURES:
            pictures.setdefault(path.parent, []).append(path)
        elif path.suffix.lower() in ANIMATIONS:
            animations.setdefault(path.stem, path)
    found: dict[str, ReleaseModel] = {}
    for path in weights:
        folder_name = path.parent.name or name
        unique_name = folder_name if folder_name not in found else "_".join([path.parent.parent.name, folder_name])
        while unique_name in found:
            unique_name += "_"
        light = [place for place in [path.with_name(LIGHT)] if place in files.sizes]
        exemplar = [animations[folder_name]] if folder_name in animations else _frames_of(folder_name, pictures)
        found[unique_name] = ReleaseModel(unique_name, path.parent, [path, *light], exemplar)
    return list(found.values())


def _frames_of(name, pictures):
    sampled = re.compile(rf"(sampling_\d+_)?{re.escape(name)}")
    for folder, files in pictures.items():
        of_data_set = folder.name == name
        of_sampler = folder.name == "exemplars" and sampled.fullmatch(folder.parent.name)
        if len(files) > 1 and (of_data_set or of_sampler):
            return files
    return []


class _FolderFiles:
    """An unpacked folder; links in it are ignored."""

    def __init__(self, root: Path):
        self.root, self.sizes = root, {}
        for place, folders, names in os.walk(root):
            folders[:] = [folder for folder in folders if not (Path(place) / folder).is_symlink()]
            for name in names:
                file = Path(place) / name
                if file.is_symlink() or not file.is_file():
                    continue
                self.sizes[PurePosixPath(file.relative_to(root).as_posix())] = file.stat().st_size
            if len(self.sizes) > MAX_ENTRIES:
                raise CheckpointError(f"{root} holds more than {MAX_ENTRIES:,} files; give the folder of the models in it.")

    def copy(self, path, target):
        try:
            shutil.copyfile(self.root / path, target)
        except OSError as error:
            raise CheckpointError(f"{path} cannot be read: {error.strerror or error}.") from error


class _ZipFiles:
    """A zip file with a checked list of contents; files are unpacked one by one."""

    def __init__(self, name: str, archive: zipfile.ZipFile):
        self.name, self.archive = name, archive
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise CheckpointError(f"{name} has {len(entries):,} entries; the maximum is {MAX_ENTRIES:,}.")
        for entry in entries:
            check_entry(entry, name, CheckpointError)
        files = {PurePosixPath(entry.filename): entry for entry in entries if not entry.is_dir()}
        self.entries = files
        self.sizes = {path: entry.file_size for path, entry in files.items()}
        if sum(self.sizes.values()) > MAX_UNPACKED_BYTES:
            raise CheckpointError(
                f"{name} unpacks to more than {MAX_UNPACKED_BYTES >> 30} GiB: unpack it and give the folder.", code="too-large"
            )

    def copy(self, path, target):
        entry = self.entries[path]
        try:
            with self.archive.open(entry) as source, target.open("wb") as file:
                left = entry.file_size  # the checked size, whatever the compressed data holds
                while left > 0 and (part := source.read(min(left, 1 << 20))):
                    left -= file.write(part)
        except Exception as error:  # a forged archive may raise nearly any exception
            raise CheckpointError(f"{path} in {self.name} is damaged or encrypted.") from error
