"""Folders and zip files of pictures, one a frame, in the natural order of their names."""

import io
import os
import re
import stat
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from ..errors import ExemplarError
from ..runtime.capped_read import LeashedFile
from ..runtime.regular_files import display_path, open_regular
from .exemplar_limits import (
    MAX_DIRECTORY_BYTES,
    MAX_FILE_BYTES,
    MAX_FRAMES,
    MAX_PICTURE_BYTES,
    MAX_UNPACKED_BYTES,
    MAX_ZIP_RATIO,
    check_bytes,
    check_frame_count,
)
from .exif_times import Taken, remark_on_order, taken_at
from .file_names import is_frame
from .frame_source import Source
from .gathering import choose_frames, list_folder
from .images.decoding import decode
from .images.opening import open_picture
from .quoting import shown


def open_folder(path: Path) -> Source:
    """A folder of pictures (see gathering.py for which of them); files that are none are passed over."""
    what = f"The folder {display_path(path)}"
    names, remarks = choose_frames(list_folder(path), what)

    def read(name):
        with open_regular(path / name, ExemplarError) as file:
            check_bytes(os.fstat(file.fileno()).st_size, MAX_PICTURE_BYTES, shown(name))
            return file.read(MAX_PICTURE_BYTES)

    return _source(names, read, what, remarks)


def open_zip(path: Path) -> Source:
    """A zip file of pictures, read in memory and never unpacked to disk; suspicious contents are refused before that."""
    check_bytes(path.stat().st_size, MAX_FILE_BYTES, path.name)
    try:
        with LeashedFile(path, MAX_DIRECTORY_BYTES) as file, zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except Exception as error:  # a forged list of contents is reported by nearly every exception that there is
        raise ExemplarError(f"{path.name} is no readable zip file ({shown(str(error))}).") from error
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
            raise ExemplarError(f"{shown(name)} in {path.name} is damaged or encrypted ({shown(str(error))}).") from error

    return _source(names, read, path.name, remarks)


def _check_entry(entry, archive):
    name, called = entry.filename, f"its entry '{shown(entry.filename)}'"
    parts = PurePosixPath(name.replace("\\", "/")).parts
    if name.startswith(("/", "\\")) or ".." in parts or re.match("[A-Za-z]:", name):
        raise ExemplarError(f"{archive} is refused: {called} points outside of it.")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise ExemplarError(f"{archive} is refused: {called} is a symbolic link.")
    if entry.flag_bits & 1:
        raise ExemplarError(f"{archive} is encrypted; save it without a password.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ExemplarError(f"{archive} is packed in a way that is not read here: save it as an ordinary zip file.")
    if is_frame(name):
        check_bytes(entry.file_size, MAX_PICTURE_BYTES, f"{shown(name)} in {archive}")
    if entry.file_size > max(entry.compress_size, 4096) * MAX_ZIP_RATIO:
        raise ExemplarError(f"{archive} is refused: {called} unpacks to over {MAX_ZIP_RATIO} times its size.")


def _source(names: Sequence[str], read: Callable[[str], bytes], what: str, remarks: list[str]) -> Source:
    with open_picture(io.BytesIO(read(names[0])), shown(names[0])) as picture:
        check_frame_count(len(names), *picture.size, what)
    taken: dict[int, Taken | None] = {}

    def pictures(picks):
        first = None
        taken.clear()
        for index in picks:
            name, data = names[index], read(names[index])

            def opened(name=name, data=data):
                return open_picture(io.BytesIO(data), shown(name))

            with opened() as file:
                picture = decode(file, opened, shown(name))
                taken[index] = taken_at(file)
                first = first or (name, picture.size)
                if picture.size != first[1]:
                    raise ExemplarError(
                        f"{what} mixes sizes: {shown(first[0])} is {first[1][0]}x{first[1][1]}, {shown(name)} is "
                        f"{picture.size[0]}x{picture.size[1]}; the frames of a time-lapse must have one size."
                    )
                yield picture

    def all_remarks():
        out_of_order = remark_on_order([names[index] for index in taken], list(taken.values()))
        return remarks if out_of_order is None else [*remarks, out_of_order]

    return Source(len(names), pictures, None, remarks=all_remarks)
