"""Names of picture files: their order, and which of them are frames."""

import re
from collections.abc import Iterable
from pathlib import PurePosixPath

PICTURE_SUFFIXES = (".jpg", ".jpeg", ".jfif", ".png", ".webp", ".bmp", ".tif", ".tiff", ".avif", ".gif")
_HEIC = (".heic", ".heif", ".hif")
_RAW = (".cr2", ".cr3", ".crw", ".nef", ".nrw", ".arw", ".dng", ".raf", ".orf", ".rw2", ".pef", ".srw")
_FILMS = (".mts", ".m2ts", ".ts", ".mpg", ".mpeg", ".vob", ".wmv", ".flv")
NOT_READ = {
    **dict.fromkeys(_HEIC, ("HEIC", "HEIC pictures are not read: save them as JPEG or PNG.")),
    **dict.fromkeys(_RAW, ("raw", "Raw pictures of a camera are not read: develop them to JPEG, PNG or TIFF.")),
}
"""By suffix, pictures that are no frames here: what they are called, and a sentence on what to do."""
NOT_A_FILM = {suffix: "Films of this format may not be readable: convert it to an MP4 (H.264)." for suffix in _FILMS}
# Written by systems beside the pictures: thumbnails (Synology, Android), resource forks and settings (macOS), deleted files.
_SYSTEM_FOLDERS = ("__macosx", "@eadir", "#recycle", "@recycle", "@recently-snapshot", "$recycle.bin", "lost+found")

# Not a version (v1.10), not a year and a month (2023.10), and not two of more numbers (1.2.10).
_DECIMAL = re.compile(r"(?<![\dvV])(?<!\d\.)(?!(?:19|20)\d\d\.(?:0?[1-9]|1[0-2])(?!\d))(\d{1,300})\.(\d{1,300})(?!\.?\d)")


def is_hidden(name: str) -> bool:
    """Whether a file of this path (parts with / between) is a hidden one, or lies in a folder that a system made."""
    return any(part.startswith(".") or part.lower() in _SYSTEM_FOLDERS for part in PurePosixPath(name).parts)


def is_frame(name: str) -> bool:
    """Whether a file of this path is taken for a frame."""
    return bool(PurePosixPath(name).parts) and not is_hidden(name) and name.lower().endswith(PICTURE_SUFFIXES)


def natural_order(name: str, *, decimals: bool = True) -> tuple:
    """A sorting key under which frame_2 comes before frame_10, and X before X (1) before X (2), whatever their suffixes.

    With `decimals`, two numbers with one point between are a decimal: 1.25 comes before 1.5. Of more numbers, as in a date
    or in v1.2.10, each counts by itself.
    """
    path = PurePosixPath(name)
    parts = [*path.parts[:-1], path.stem if path.suffix.lower() in PICTURE_SUFFIXES else path.name]
    return tuple(_key(part, decimals) for part in parts), name


def in_order(names: Iterable[str]) -> list[str]:
    """Names in natural order. Where decimals would make two names equal (1.1 and 1.10), no name of them has decimals."""
    names = list(names)
    with_decimals, without = (len({natural_order(name, decimals=some)[0] for name in names}) for some in (True, False))
    return sorted(names, key=lambda name: natural_order(name, decimals=with_decimals == without))


def _key(text, decimals):
    """Alternately a text and a number: (-1, text) and (whole number, digits after the point)."""
    key, start = [], 0
    for match in re.finditer(r"\d+", text):
        if match.start() < start:
            continue  # the digits after the point of a decimal
        whole, fraction, end = match[0], "", match.end()
        if decimals and (decimal := _DECIMAL.match(text, match.start())):
            whole, fraction, end = decimal[1], decimal[2].rstrip("0"), decimal.end()
        key.append((-1, text[start : match.start()]))
        key.append((int(whole), fraction) if len(whole) <= 300 else (-1, whole))
        start = end
    return (*key, (-1, text[start:]))
