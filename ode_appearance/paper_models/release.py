"""What somebody has of the paper's release, a zip file or a folder: the models and exemplars in it, wherever they lie."""

import contextlib
import os
import re
import shutil
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple, Protocol, runtime_checkable

from ..errors import CheckpointError
from ..runtime.capped_read import LeashedFile
from ..runtime.regular_files import display_path, file_kind
from .weights import LIGHT, WEIGHTS

MAX_ENTRIES = 500_000
MAX_DIRECTORY_BYTES = 128 << 20
MAX_UNPACKED_BYTES = 16 << 30
MAX_ZIP_RATIO = 200
"""Neither weights nor pictures shrink more than this; a zip bomb shrinks a thousandfold."""
PICTURES = (".jpg", ".jpeg", ".png")
ANIMATIONS = (".gif", ".webp", ".mp4", ".avi", ".mov")


class Found(NamedTuple):
    """A model: its name, the folder that it lies in, its files, and the files of its exemplar (none, one, or its frames)."""

    name: str
    folder: PurePosixPath
    files: list[PurePosixPath]
    exemplar: list[PurePosixPath]


@runtime_checkable
class Files(Protocol):
    """The files of a release by their paths in it, with their sizes."""

    sizes: dict[PurePosixPath, int]

    def copy(self, path: PurePosixPath, target: Path) -> None:
        """Write a file's content to `target`; raises CheckpointError where it cannot be read."""
        ...


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Files]:
    """The files of a zip file or a folder; raises CheckpointError for anything else and for a zip file that is not safe."""
    if (kind := file_kind(path, CheckpointError)) == "a folder":
        yield _Folder(path)
        return
    if kind != "a file":
        raise CheckpointError(f"{display_path(path)} is {kind}, not a zip file or a folder.")
    with _archive(path) as archive:
        yield _Zip(path.name, archive)


def find_models(files: Files, name: str) -> list[Found]:
    """Every model of a release in the order of its path; one at the very top is called `name`.

    Of two in folders of the same name, the later is called by its parent's folder as well. The exemplar of a model is an
    animation of its name, a folder of pictures of its name, or the folder `exemplars` that the published samplers write
    for it.
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
    found: dict[str, Found] = {}
    for path in weights:
        own = path.parent.name or name
        called = own if own not in found else "_".join([path.parent.parent.name, own])
        while called in found:
            called += "_"
        light = [place for place in [path.with_name(LIGHT)] if place in files.sizes]
        exemplar = [animations[own]] if own in animations else _frames_of(own, pictures)
        found[called] = Found(called, path.parent, [path, *light], exemplar)
    return list(found.values())


def _frames_of(name, pictures):
    sampled = re.compile(rf"(sampling_\d+_)?{re.escape(name)}")
    for folder, files in pictures.items():
        of_data_set = folder.name == name
        of_sampler = folder.name == "exemplars" and sampled.fullmatch(folder.parent.name)
        if len(files) > 1 and (of_data_set or of_sampler):
            return files
    return []


class _Folder:
    """A folder that was unpacked already; links in it are passed over."""

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
                raise CheckpointError(f"{root} holds more than {MAX_ENTRIES:,} files; name the folder of the models in it.")

    def copy(self, path, target):
        try:
            shutil.copyfile(self.root / path, target)
        except OSError as error:
            raise CheckpointError(f"{path} cannot be read: {error.strerror or error}.") from error


class _Zip:
    """A zip file whose list of contents was checked; files are unpacked one by one, to where they are asked for."""

    def __init__(self, name: str, archive: zipfile.ZipFile):
        self.name, self.archive = name, archive
        entries = archive.infolist()
        if len(entries) > MAX_ENTRIES:
            raise CheckpointError(f"{name} has {len(entries):,} entries; {MAX_ENTRIES:,} are the most that is read.")
        for entry in entries:
            _check_entry(entry, name)
        files = {PurePosixPath(entry.filename): entry for entry in entries if not entry.is_dir()}
        self.entries = files
        self.sizes = {path: entry.file_size for path, entry in files.items()}
        if sum(self.sizes.values()) > MAX_UNPACKED_BYTES:
            raise CheckpointError(
                f"{name} unpacks to more than {MAX_UNPACKED_BYTES >> 30} GiB: unpack it, and name the folder."
            )

    def copy(self, path, target):
        entry = self.entries[path]
        try:
            with self.archive.open(entry) as source, target.open("wb") as file:
                left = entry.file_size  # that was checked, whatever the compressed data go on to say
                while left > 0 and (part := source.read(min(left, 1 << 20))):
                    left -= file.write(part)
        except Exception as error:  # a forged archive is reported by nearly every exception that there is
            raise CheckpointError(f"{path} in {self.name} is damaged or encrypted.") from error


@contextlib.contextmanager
def _archive(path):
    try:
        file = LeashedFile(path, MAX_DIRECTORY_BYTES)
        archive = zipfile.ZipFile(file)
    except Exception as error:  # as above
        raise CheckpointError(f"{path.name} is no zip file that can be read, and no folder.") from error
    with file, archive:
        yield archive


def _check_entry(entry, archive):
    name, called = entry.filename, f"its entry {entry.filename[:80]!r}"
    if name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts or re.match("[A-Za-z]:", name):
        raise CheckpointError(f"{archive} is refused: {called} points outside of it.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise CheckpointError(f"{archive} is refused: {called} is a symbolic link.")
    if entry.file_size > max(entry.compress_size, 4096) * MAX_ZIP_RATIO:
        raise CheckpointError(f"{archive} is refused: {called} unpacks to over {MAX_ZIP_RATIO} times its size.")
