"""Opening what a user names as a file: never a pipe or a device, which may block or have no end."""

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
    """Open a regular file for reading, without waiting: opening a pipe by `open` waits for its other end.

    Raises `error`, with a sentence, for anything that is no regular file or cannot be opened.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    if (kind := kind_of(path, error)) != "a file":  # before it is opened: opening may do something to a device
        raise error(f"{named(path)} is {kind}, not a file.")
    try:
        descriptor = os.open(path, flags)
    except OSError as problem:
        raise error(f"{named(path)} cannot be read: {problem.strerror or problem}.") from problem
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):  # it was replaced meanwhile
        os.close(descriptor)
        raise error(f"{named(path)} is not a file any more.")
    return os.fdopen(descriptor, "rb")


def kind_of(path: Path, error: type[AppearanceError]) -> str:
    """What a path leads to: "a file", "a folder", "a pipe", "a socket" or "a device".

    Raises `error`, with a sentence, where there is nothing or where it cannot be looked at.
    """
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError) as problem:
        raise error(f"There is no file or folder {named(path)}.") from problem
    except (OSError, ValueError) as problem:  # ValueError: a name with a null character
        raise error(f"{named(path)} cannot be read: {getattr(problem, 'strerror', None) or problem}.") from problem
    return next((name for test, name in _KINDS if test(mode)), "a file")


def is_there(path: Path) -> bool:
    """Whether a path leads to anything; False also where it cannot be looked at, as of a name that is too long."""
    try:
        os.stat(path)
    except (OSError, ValueError):
        return False
    return True


def is_folder(path: Path) -> bool:
    """Whether a path leads to a folder; False also where it cannot be looked at."""
    try:
        return stat.S_ISDIR(os.stat(path).st_mode)
    except (OSError, ValueError):
        return False


def expanded(path: str | Path, error: type[AppearanceError]) -> Path:
    """The path with `~` replaced by a home folder. Raises `error` where no such user is known."""
    try:
        return Path(path).expanduser()
    except RuntimeError as problem:
        raise error(f"There is no home folder for {named(Path(path))}.") from problem


def named(path: Path) -> str:
    """A path within a sentence: at most 120 printable characters, of which the last ones tell most."""
    text = "".join(letter if letter.isprintable() else "?" for letter in str(path))
    return text if len(text) <= 120 else f"...{text[-117:]}"
