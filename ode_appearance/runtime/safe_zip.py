"""Zip files of unknown origin: their list of contents is bounded, and each entry checked, before anything is unpacked."""

import contextlib
import io
import re
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from ..errors import AppearanceError
from .printable import printable

MAX_RATIO = 200
"""Limit of unpacked over packed size: neither weights nor images compress more; a zip bomb compresses a thousandfold."""


class CappedReadFile(io.FileIO):
    """A file that reads at most `max_bytes` at once: `zipfile` reads the list of contents in one call."""

    def __init__(self, path: Path, max_bytes: int):
        super().__init__(path)
        self._max_bytes = max_bytes

    def read(self, size: int | None = -1) -> bytes:
        """As of `io.FileIO`; raises ValueError for larger requests."""
        if size is not None and size > self._max_bytes:
            raise ValueError("its list of contents is too long")
        return super().read(self._max_bytes if size is None or size < 0 else size)


@contextlib.contextmanager
def open_zip(path: Path, max_directory_bytes: int, error: type[AppearanceError]) -> Iterator[zipfile.ZipFile]:
    """Open a zip file for reading.

    Args:
        path: The zip file.
        max_directory_bytes: Limit of its list of contents.
        error: Exception class to raise.

    Raises:
        error: Where it is no readable zip file; code "no-zip".
    """
    try:
        file = CappedReadFile(path, max_directory_bytes)
        archive = zipfile.ZipFile(file)
    except Exception as problem:  # a forged list of contents may raise nearly any exception
        raise error(f"{path.name} is no readable zip file ({printable(str(problem))}).", code="no-zip") from problem
    with file, archive:
        yield archive


def check_entry(entry: zipfile.ZipInfo, archive: str, error: type[AppearanceError]) -> None:
    """Refuse an entry with an unsafe path, a symbolic link, or an absurd compression ratio.

    Args:
        entry: The entry.
        archive: Name of the zip file, for the message.
        error: Exception class to raise.

    Raises:
        error: Codes "outside-path", "symlink" and "zip-bomb".
    """
    name, description = entry.filename, f"its entry '{printable(entry.filename)}'"
    if name.startswith(("/", "\\")) or ".." in PurePosixPath(name.replace("\\", "/")).parts or re.match("[A-Za-z]:", name):
        raise error(f"{archive} is refused: {description} points outside of it.", code="outside-path")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise error(f"{archive} is refused: {description} is a symbolic link.", code="symlink")
    if entry.file_size > max(entry.compress_size, 4096) * MAX_RATIO:
        raise error(f"{archive} is refused: {description} unpacks to over {MAX_RATIO} times its size.", code="zip-bomb")
