"""Files named by users: opened only if regular, because a pipe or device may block or have no end."""

import os
import stat
from pathlib import Path
from typing import BinaryIO

from ..errors import AppearanceError

_KINDS = (
    (stat.S_ISDIR, "a folder"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)


def open_regular(path: Path, error: type[AppearanceError]) -> BinaryIO:
    """Open a regular file for reading without blocking: `open` on a pipe would wait for its other end.

    Args:
        path: The file.
        error: Exception class to raise.

    Raises:
        error: Where the path is no regular file or cannot be opened.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    if (kind := file_kind(path, error)) != "a file":  # checked first, because opening a device may have effects
        raise error(f"{display_path(path)} is {kind}, not a file.")
    try:
        descriptor = os.open(path, flags)
    except OSError as problem:
        raise error(f"{display_path(path)} cannot be read: {problem.strerror or problem}.") from problem
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # replaced since the check
        os.close(descriptor)
        raise error(f"{display_path(path)} is no longer a file.")
    return os.fdopen(descriptor, "rb")


def file_kind(path: Path, error: type[AppearanceError]) -> str:
    """What a path leads to: "a file", "a folder", "a pipe", "a socket" or "a device".

    Args:
        path: The path.
        error: Exception class to raise.

    Raises:
        error: Where nothing exists there or access fails.
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError) as problem:
        raise error(f"There is no file or folder {display_path(path)}.") from problem
    except (OSError, ValueError) as problem:  # ValueError: the name has a null character
        raise error(f"{display_path(path)} cannot be read: {getattr(problem, 'strerror', None) or problem}.") from problem
    return next((name for test, name in _KINDS if test(mode)), "a file")


def path_exists(path: Path) -> bool:
    """Whether a path exists; False also where it cannot be checked, such as a name that is too long."""
    try:
        os.stat(path)
    except (OSError, ValueError):
        return False
    return True


def is_folder(path: Path) -> bool:
    """Whether a path is a folder; False also where it cannot be checked."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def expand_home(path: str | Path, error: type[AppearanceError]) -> Path:
    """Replace a leading `~` by the home folder; raises `error` where the user is unknown."""
    try:
        return Path(path).expanduser()
    except RuntimeError as problem:
        raise error(f"There is no home folder for {display_path(Path(path))}.") from problem


def display_path(path: Path) -> str:
    """A path for messages: at most 120 printable characters; the end is kept, as it identifies the file best."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(path))
    return text if len(text) <= 120 else f"...{text[-117:]}"
