"""A run's folder as an uncompressed zip file, for transfer between machines."""

import io
import re
import zipfile
from pathlib import Path

from ..checkpoints.checkpoint import FILES
from ..errors import TrainingError
from ..runtime.atomic_io import write_together
from ..training.run_dir.folder import MATERIAL, RUN, STATE
from ..training.run_dir.journal import JOURNAL, RESULT

EPOCH = (1980, 1, 1, 0, 0, 0)
"""The date of every file in the zip files, so that equal files give equal bytes."""
_KNOWN = (RUN, STATE, JOURNAL, RESULT, *(f"{MATERIAL}/{name}" for name in FILES))
_EVENTS = re.compile(r"events\.[\w.-]{1,200}")


def pack(folder: Path) -> bytes:
    """The archive of a run's folder. Call it while nothing is being saved there."""
    events = sorted(path.name for path in folder.glob("events.*") if _is_known(path.name))
    return zipped({name: (folder / name).read_bytes() for name in (*_KNOWN, *events) if (folder / name).is_file()})


def unpack(archive: bytes, folder: Path) -> None:
    """Extract the archive of a run into a folder, all files together.

    Raises:
        TrainingError: it is no archive of a run (code "unknown-file" or "damaged"), or the folder cannot be written; the folder
            is unchanged.
    """
    files = unzipped(archive)
    for name in files:
        if not _is_known(name):
            raise TrainingError(f"The received archive is not of a run: it has a file {name[:100]!r}.", code="unknown-file")
    try:
        write_together(folder, {name: lambda file, content=files[name]: file.write(content) for name in files})
    except OSError as error:
        raise TrainingError(f"{folder} cannot be written: {error.strerror or error}.") from error


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """A zip file of files by name; the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, compression)
    return buffer.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The files of an uncompressed zip file of `zipped`, which cannot be larger than it; TrainingError for other bytes."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
                raise zipfile.BadZipFile("it is compressed")
            return {entry.filename: archive.read(entry) for entry in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise TrainingError(f"The received zip file is damaged: {error}.", code="damaged") from error


def _is_known(name):
    return name in _KNOWN or _EVENTS.fullmatch(name) is not None
