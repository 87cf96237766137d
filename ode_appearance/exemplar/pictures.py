"""Folders and zip files of pictures, one a frame, in the natural order of their names."""

import io
import re
import stat
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath

from PIL import Image, ImageOps

from ..errors import ExemplarError
from .limits import (
    MAX_DIRECTORY_BYTES,
    MAX_FILE_BYTES,
    MAX_FRAMES,
    MAX_PICTURE_BYTES,
    MAX_UNPACKED_BYTES,
    MAX_ZIP_RATIO,
    check_bytes,
    check_frame_count,
)
from .opening import open_picture
from .source import Source
from .wording import shown

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".gif")


def natural_order(name: str) -> tuple:
    """A sorting key under which frame_2 comes before frame_10; zero-padded names sort as plain strings do."""
    return tuple((int(part), "") if re.fullmatch(r"\d{1,300}", part) else (-1, part) for part in re.split(r"(\d+)", name)), name


def open_folder(path: Path) -> Source:
    """A folder of pictures; files that are none, hidden ones and folders within are passed over."""
    names = sorted((entry.name for entry in path.iterdir() if _is_frame(entry.name) and entry.is_file()), key=natural_order)

    def read(name):
        file = path / name
        check_bytes(file.stat().st_size, MAX_PICTURE_BYTES, name)
        return file.read_bytes()

    return _source(names, read, f"The folder {path.name}")


def open_zip(path: Path) -> Source:
    """A zip file of pictures, read in memory and never unpacked to disk; suspicious contents are refused before that."""
    check_bytes(path.stat().st_size, MAX_FILE_BYTES, path.name)
    try:
        with _Leashed(path) as file, zipfile.ZipFile(file) as archive:
            entries = archive.infolist()
    except Exception as error:  # a forged list of contents is reported by nearly every exception that there is
        raise ExemplarError(f"{path.name} is no readable zip file ({shown(str(error))}).") from error
    if len(entries) > 2 * MAX_FRAMES:
        raise ExemplarError(f"{path.name} has {len(entries):,} entries; at most {2 * MAX_FRAMES:,} are read.")
    for entry in entries:
        _check_entry(entry, path.name)
    frames = {e.filename: e for e in entries if _is_frame(e.filename) and not e.is_dir()}
    check_bytes(max(1, sum(e.file_size for e in frames.values())), MAX_UNPACKED_BYTES, f"What {path.name} unpacks to")

    def read(name):
        try:
            # Limited by the size that was checked, whatever the compressed data go on to say.
            with zipfile.ZipFile(path) as archive, archive.open(frames[name]) as file:
                return file.read(frames[name].file_size)
        except Exception as error:  # as above
            raise ExemplarError(f"{shown(name)} in {path.name} is damaged or encrypted ({shown(str(error))}).") from error

    return _source(sorted(frames, key=natural_order), read, path.name)


def _is_frame(name):
    parts = PurePosixPath(name).parts
    hidden = any(part.startswith((".", "__MACOSX")) for part in parts)
    return bool(parts) and not hidden and parts[-1].lower().endswith(PICTURE_SUFFIXES)


class _Leashed(io.FileIO):
    """A zip file of which no list of contents is read that is far too long."""

    def read(self, size: int | None = -1) -> bytes:
        if size is not None and size > MAX_DIRECTORY_BYTES:
            raise ValueError("its list of contents is too long")
        return super().read(MAX_DIRECTORY_BYTES if size is None or size < 0 else size)


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
    if _is_frame(name):
        check_bytes(entry.file_size, MAX_PICTURE_BYTES, f"{shown(name)} in {archive}")
    if entry.file_size > max(entry.compress_size, 4096) * MAX_ZIP_RATIO:
        raise ExemplarError(f"{archive} is refused: {called} unpacks to over {MAX_ZIP_RATIO} times its size.")


def _source(names: Sequence[str], read: Callable[[str], bytes], what: str) -> Source:
    if not names:
        raise ExemplarError(f"{what} holds no pictures ({', '.join(PICTURE_SUFFIXES)}).")
    with open_picture(io.BytesIO(read(names[0])), shown(names[0])) as picture:
        size = _upright_size(picture)
    check_frame_count(len(names), *size, what)

    def pictures(picks):
        for index in picks:
            name = names[index]
            with open_picture(io.BytesIO(read(name)), shown(name)) as picture:
                if _upright_size(picture) != size:
                    raise ExemplarError(
                        f"{what} mixes sizes: {shown(names[0])} is {size[0]}x{size[1]}, {shown(name)} is "
                        "{}x{}; the frames of a time-lapse must have one size.".format(*_upright_size(picture))
                    )
                yield ImageOps.exif_transpose(picture)

    return Source(len(names), pictures, None)


def _upright_size(picture: Image.Image) -> tuple[int, int]:
    """Width and height once the camera's own orientation note is followed."""
    width, height = picture.size
    return (height, width) if picture.getexif().get(0x0112, 1) >= 5 else (width, height)
