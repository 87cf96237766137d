"""Folders and zip files of pictures, one a frame, in the natural order of their names."""

import io
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from ..errors import ExemplarError
from ..runtime import safe_zip
from ..runtime.printable import printable
from ..runtime.regular_files import display_path, open_regular
from .exemplar_limits import (
    MAX_DIRECTORY_BYTES,
    MAX_FILE_BYTES,
    MAX_FRAMES,
    MAX_PICTURE_BYTES,
    MAX_UNPACKED_BYTES,
    check_bytes,
    check_frame_count,
)
from .exif_times import Taken, remark_on_order, taken_at
from .file_names import is_frame
from .frame_source import Source
from .gathering import choose_frames, list_folder
from .images.decoding import decode
from .images.opening import open_picture


def open_folder(path: Path) -> Source:
    """A folder of pictures (see gathering.py for which of them); files that are none are passed over."""
    what = f"The folder {display_path(path)}"
    names, remarks = choose_frames(list_folder(path), what)

    def read(name):
        with open_regular(path / name, ExemplarError) as file:
            check_bytes(os.fstat(file.fileno()).st_size, MAX_PICTURE_BYTES, printable(name))
            return file.read(MAX_PICTURE_BYTES)

    return _source(names, read, what, remarks)


def open_zip(path: Path) -> Source:
    """A zip file of pictures, read in memory and never unpacked to disk; suspicious contents are refused before that."""
    check_bytes(path.stat().st_size, MAX_FILE_BYTES, path.name)
    with safe_zip.open_zip(path, MAX_DIRECTORY_BYTES, ExemplarError) as archive:
        entries = archive.infolist()
    if len(entries) > 2 * MAX_FRAMES:
        raise ExemplarError(f"{path.name} has {len(entries):,} entries; at most {2 * MAX_FRAMES:,} are read.")
    for entry in entries:
        _check_entry(entry, path.name)
    files = {entry.filename.replace("\\", "/"): entry for entry in entries if not entry.filename.endswith("/")}
    names, remarks = choose_frames(files, path.name)
    check_bytes(max(1, sum(files[name].file_size for name in names)), MAX_UNPACKED_BYTES, f"What {path.name} unpacks to")

    def read(name):
        try:
            # Limited by the size that was checked, whatever the compressed data go on to say.
            with zipfile.ZipFile(path) as archive, archive.open(files[name]) as file:
                return file.read(files[name].file_size)
        except Exception as error:  # as above
            raise ExemplarError(
                f"{printable(name)} in {path.name} is damaged or encrypted ({printable(str(error))})."
            ) from error

    return _source(names, read, path.name, remarks)


def _check_entry(entry, archive):
    safe_zip.check_entry(entry, archive, ExemplarError)
    if entry.flag_bits & 1:
        raise ExemplarError(f"{archive} is encrypted; save it without a password.", code="encrypted")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ExemplarError(
            f"{archive} uses an unsupported compression method: save it as an ordinary zip file.", code="compression"
        )
    if is_frame(entry.filename):
        check_bytes(entry.file_size, MAX_PICTURE_BYTES, f"{printable(entry.filename)} in {archive}")


def _source(names: Sequence[str], read: Callable[[str], bytes], what: str, remarks: list[str]) -> Source:
    with open_picture(io.BytesIO(read(names[0])), printable(names[0])) as picture:
        check_frame_count(len(names), *picture.size, what)
    taken: dict[int, Taken | None] = {}

    def pictures(picks):
        first = None
        taken.clear()
        for index in picks:
            name, data = names[index], read(names[index])

            def opened(name=name, data=data):
                return open_picture(io.BytesIO(data), printable(name))

            with opened() as file:
                picture = decode(file, opened, printable(name))
                taken[index] = taken_at(file)
                first = first or (name, picture.size)
                if picture.size != first[1]:
                    raise ExemplarError(
                        f"{what} mixes sizes: {printable(first[0])} is {first[1][0]}x{first[1][1]}, {printable(name)} is "
                        f"{picture.size[0]}x{picture.size[1]}; the frames of a time-lapse must have one size."
                    )
                yield picture

    def all_remarks():
        out_of_order = remark_on_order([names[index] for index in taken], list(taken.values()))
        return remarks if out_of_order is None else [*remarks, out_of_order]

    return Source(len(names), pictures, None, remarks=all_remarks)
