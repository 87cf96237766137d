"""A run's folder as bytes, to be sent from one machine to another: a zip file of its files, not compressed."""

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
"""The date of every file in a zip file of ours: equal files make equal bytes."""
_KNOWN = (RUN, STATE, JOURNAL, RESULT, *(f"{MATERIAL}/{name}" for name in FILES))
_EVENTS = re.compile(r"events\.[\w.-]{1,200}")


def pack(folder: Path) -> bytes:
    """What a run's folder holds of a run. To be called while nothing is saved into it."""
    events = sorted(path.name for path in folder.glob("events.*") if _is_known(path.name))
    return zipped({name: (folder / name).read_bytes() for name in (*_KNOWN, *events) if (folder / name).is_file()})


def unpack(parcel: bytes, folder: Path) -> None:
    """Put a packed run into a folder; each file is replaced whole, and all only once all of them have been written.

    Raises TrainingError, with the folder as it was, for what is no packed run or cannot be written.
    """
    files = unzipped(parcel)
    for name in files:
        if not _is_known(name):
            raise TrainingError(f"What was sent back is no run: {name[:100]!r} is no file of one.")
    try:
        write_together(folder, {name: lambda file, content=files[name]: file.write(content) for name in files})
    except OSError as error:
        raise TrainingError(f"{folder} cannot be written: {error.strerror or error}.") from error


def zipped(files: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    """Files by their names as a zip file; the same bytes for the same files."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", compression) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, compression)
    return buffer.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    """The files of what `zipped` made without compression, which are no longer than it; TrainingError for anything else."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
                raise zipfile.BadZipFile("it is compressed")
            return {entry.filename: archive.read(entry) for entry in archive.infolist()}
    except (zipfile.BadZipFile, ValueError, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise TrainingError(f"What was sent from one machine to another is damaged: {error}.") from error


def _is_known(name):
    return name in _KNOWN or _EVENTS.fullmatch(name) is not None
