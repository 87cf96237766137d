"""File names of images: their natural order, and which of them are frames."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".gif")
_HEIC = (".heic", ".heif", ".hif")
_RAW = (".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".dng", ".raf", ".orf", ".rw2", ".pef", ".srw")
_FILMS = (".mts", ".m2ts", ".ts", ".mpg", ".mpeg", ".vob", ".wmv", ".flv")
UNSUPPORTED = {
    **dict.fromkeys(_HEIC, ("HEIC", "HEIC images are not supported: save them as JPEG or PNG.")),
    **dict.fromkeys(_RAW, ("raw", "Raw camera images are not supported: develop them to JPEG, PNG or TIFF.")),
}
"""Suffixes of unsupported image formats: name of the format, and advice."""
UNSUPPORTED_VIDEO = {suffix: "This video format may not be supported: convert it to an MP4 (H.264)." for suffix in _FILMS}
# System folders beside the images: thumbnails (Synology, Android), resource forks and settings (macOS), deleted files.
_SYSTEM_FOLDERS = ("__macosx", "@eadir", "#recycle", "@recycle", "@recently-snapshot", "$recycle.bin", "lost+found")

# No version (v1.10), no year and month (2023.10), no part of a longer sequence (1.2.10).
_DECIMAL = re.compile(r"(?<![\dvV])(?<!\d\.)(?!(?:19|20)\d\d\.(?:0?[1-9]|1[0-2])(?!\d))(\d{1,300})\.(\d{1,300})(?!\.?\d)")


def is_hidden(name: str) -> bool:
    """Whether a path (parts with / between) is hidden or lies in a system folder."""
    return any(part.startswith(".") or part.lower() in _SYSTEM_FOLDERS for part in PurePosixPath(name).parts)


def is_frame(name: str) -> bool:
    """Whether a path counts as a frame."""
    return bool(PurePosixPath(name).parts) and not is_hidden(name) and name.lower().endswith(PICTURE_SUFFIXES)


def natural_sort_key(name: str, *, decimals: bool = True) -> tuple:
    """A sorting key: frame_2 before frame_10, and X before X (1) before X (2), whatever their suffixes.

    Args:
        name: A path with / between its parts.
        decimals: Read two numbers with one point between as a decimal: 1.25 before 1.5. In longer sequences, as in a date or
            v1.2.10, each number counts by itself.
    """
    path = PurePosixPath(name)
    parts = [*path.parts[:-1], path.stem if path.suffix.lower() in PICTURE_SUFFIXES else path.name]
    return tuple(_key(part, decimals) for part in parts), name


def natural_sorted(names: Iterable[str]) -> list[str]:
    """Names in natural order. Where decimals would make two names equal (1.1 and 1.10), none are read as decimals."""
    names = list(names)
    with_decimals, without = (len({natural_sort_key(name, decimals=some)[0] for name in names}) for some in (True, False))
    return sorted(names, key=lambda name: natural_sort_key(name, decimals=with_decimals == without))


def _key(text, decimals):
    """Alternating texts and numbers: (-1, text) and (integer, fraction digits)."""
    key, start = [], 0
    for match in re.finditer(r"\d+", text):
        if match.start() < start:
            continue  # fraction digits of the previous decimal
        whole, fraction, end = match[0], "", match.end()
        if decimals and (decimal := _DECIMAL.match(text, match.start())):
            whole, fraction, end = decimal[1], decimal[2].rstrip("0"), decimal.end()
        key.append((-1, text[start : match.start()]))
        key.append((int(whole), fraction) if len(whole) <= 300 else (-1, whole))
        start = end
    return (*key, (-1, text[start:]))
