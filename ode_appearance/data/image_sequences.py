"""Folders and zip files of images, one a frame, in natural order of their names."""

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
from .exif_times import CaptureTime, capture_time, order_warning
from .file_names import is_frame
from .frame_selection import choose_frames, list_folder
from .frame_source import FrameSource
from .images.image_decoding import decode_image
from .images.image_opening import open_image


def open_image_folder(path: Path) -> FrameSource:
    """Open a folder of images (see frame_selection.py); other files are skipped."""
    what = f"The folder {display_path(path)}"
    names, notes = choose_frames(list_folder(path), what)

    def read(name):
        with open_regular(path / name, ExemplarError) as file:
            check_bytes(os.fstat(file.fileno()).st_size, MAX_PICTURE_BYTES, printable(name))
            return file.read(MAX_PICTURE_BYTES)

    return _source(names, read, what, notes)


def open_image_zip(path: Path) -> FrameSource:
    """Open a zip file of images, which is read in memory and never unpacked to disk; unsafe contents are refused first."""
    check_bytes(path.stat().st_size, MAX_FILE_BYTES, path.name)
    with safe_zip.open_zip(path, MAX_DIRECTORY_BYTES, ExemplarError) as archive:
        entries = archive.infolist()
    if len(entries) > 2 * MAX_FRAMES:
        raise ExemplarError(
            f"{path.name} has {len(entries):,} entries; the maximum is {2 * MAX_FRAMES:,}.", code="too-many-entries"
        )
    for entry in entries:
        _check_entry(entry, path.name)
    files = {entry.filename.replace("\\", "/"): entry for entry in entries if not entry.filename.endswith("/")}
    names, notes = choose_frames(files, path.name)
    check_bytes(max(1, sum(files[name].file_size for name in names)), MAX_UNPACKED_BYTES, f"What {path.name} unpacks to")

    def read(name):
        try:
            # Limited by the checked size, whatever the compressed data holds.
            with zipfile.ZipFile(path) as archive, archive.open(files[name]) as file:
                return file.read(files[name].file_size)
        except Exception as error:  # a forged archive may raise nearly any exception
            raise ExemplarError(
                f"{printable(name)} in {path.name} is damaged or encrypted ({printable(str(error))}).", code="damaged"
            ) from error

    return _source(names, read, path.name, notes)


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


def _source(names: Sequence[str], read: Callable[[str], bytes], what: str, notes: list[str]) -> FrameSource:
    with open_image(io.BytesIO(read(names[0])), printable(names[0])) as picture:
        check_frame_count(len(names), *picture.size, what)
    times: dict[int, CaptureTime | None] = {}

    def pictures(picks):
        first = None
        times.clear()
        for index in picks:
            name, data = names[index], read(names[index])

            def opened(name=name, data=data):
                return open_image(io.BytesIO(data), printable(name))

            with opened() as file:
                picture = decode_image(file, opened, printable(name))
                times[index] = capture_time(file)
                first = first or (name, picture.size)
                if picture.size != first[1]:
                    raise ExemplarError(
                        f"{what} mixes sizes: {printable(first[0])} is {first[1][0]}x{first[1][1]}, {printable(name)} is "
                        f"{picture.size[0]}x{picture.size[1]}; the frames of a time-lapse must have one size.",
                        code="mixed-sizes",
                    )
                yield picture

    def all_notes():
        out_of_order = order_warning([names[index] for index in times], list(times.values()))
        return notes if out_of_order is None else [*notes, out_of_order]

    return FrameSource(len(names), pictures, None, notes=all_notes)
