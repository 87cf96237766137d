"""Selection of the frames of a time-lapse among the files of a folder or zip file, and their order."""

import collections
import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ..errors import ExemplarError
from ..runtime.printable import printable
from .exemplar_limits import MAX_FRAMES
from .file_names import PICTURE_SUFFIXES, UNSUPPORTED, is_frame, is_hidden, natural_sorted

MAX_DEPTH = 3
"""Maximum depth of folders: card/DCIM/100CANON."""
MAX_LISTED = 4 * MAX_FRAMES
_DCF = re.compile(r"\d{3}\w+")
"""Camera folders (Design rule for Camera File system): 100CANON, then 101CANON."""


def list_folder(path: Path) -> list[str]:
    """Files in a folder and its subfolders, as relative paths; hidden files and links to folders are skipped.

    At most MAX_DEPTH folders deep; files before folders; about the first MAX_LISTED of a very large tree.
    """
    names, folders = [], collections.deque([""])
    while folders and len(names) <= MAX_LISTED:
        inner = folders.popleft()
        with os.scandir(path / inner) as entries:
            for entry in entries:
                name = f"{inner}/{entry.name}" if inner else entry.name
                if is_hidden(name):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    if name.count("/") < MAX_DEPTH and os.access(entry, os.R_OK | os.X_OK):
                        folders.append(name)
                elif entry.is_file():
                    names.append(name)
    return names


def choose_frames(names: Iterable[str], what: str) -> tuple[list[str], list[str]]:
    """Choose the frames among files.

    The frames of the uppermost folder that has any; of several sibling folders, all, where their names determine the order, as
    those of a camera do.

    Args:
        names: Paths with / between their parts.
        what: Description of the folder or zip file, for messages.

    Returns:
        The frames in order, and notes on skipped files.

    Raises:
        ExemplarError: Where there are none (code "no-pictures"), or the order of folders is unclear (code "folder-order").
    """
    names = [name for name in names if not is_hidden(name)]
    folders = collections.defaultdict(list)
    for name in filter(is_frame, names):
        folders[PurePosixPath(name).parent].append(name)
    if not folders:
        raise ExemplarError(_none_there(names, what), code="no-pictures")
    upper = min(len(folder.parts) for folder in folders)
    chosen = [folder for folder in folders if len(folder.parts) == upper]
    if not _in_sequence(chosen):
        example = ", ".join(printable(str(folder)) for folder in sorted(chosen)[:3])
        raise ExemplarError(
            f"{what} has images in several folders ({example}) of unclear order: give one of them, or number them.",
            code="folder-order",
        )
    notes = []
    if deeper := sum(len(folders[folder]) for folder in folders if folder not in chosen):
        notes.append(f"{deeper:,} images in deeper folders were skipped.")
    for kind, (count, advice) in sorted(_not_read(names).items()):
        notes.append(f"{count:,} {kind} file{'s were' if count > 1 else ' was'} skipped. {advice}")
    return natural_sorted(name for folder in chosen for name in folders[folder]), notes


def _in_sequence(folders):
    """Whether sibling folders continue each other: camera folders, or names that differ in their numbers only."""
    if len(folders) == 1:
        return True
    if len({re.sub(r"\d+", "0", str(folder)) for folder in folders}) == 1:
        return True
    return len({folder.parent for folder in folders}) == 1 and all(_DCF.fullmatch(folder.name) for folder in folders)


def _not_read(names):
    """Unsupported image formats: name -> (number of files, advice)."""
    found = {}
    for name in names:
        if (known := UNSUPPORTED.get(PurePosixPath(name).suffix.lower())) is not None:
            kind, advice = known
            found[kind] = found.get(kind, (0,))[0] + 1, advice
    return found


def _none_there(names, what):
    if found := _not_read(names):
        kind, (count, advice) = max(found.items(), key=lambda item: item[1][0])
        return f"{what} holds no supported images, but {count:,} {kind} file{'s' * (count > 1)}. {advice}"
    return f"{what} holds no images ({', '.join(PICTURE_SUFFIXES)})."
