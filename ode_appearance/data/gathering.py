"""Which files of a folder, or of a zip file, are the frames of a time-lapse, and in which order."""

import collections
import os
import re
from collections.abc import Iterable
from pathlib import Path, PurePosixPath

from ..errors import ExemplarError
from ..runtime.printable import printable
from .exemplar_limits import MAX_FRAMES
from .file_names import NOT_READ, PICTURE_SUFFIXES, in_order, is_frame, is_hidden

MAX_DEPTH = 3
"""How many folders deep pictures are looked for: card/DCIM/100CANON."""
MAX_LISTED = 4 * MAX_FRAMES
_DCF = re.compile(r"\d{3}\w+")
"""A folder of the cameras' own (Design rule for Camera File system): 100CANON, then 101CANON."""


def list_folder(path: Path) -> list[str]:
    """The files in a folder and in those within, as paths relative to it; hidden ones and links to folders are left out.

    At most MAX_DEPTH folders deep; files before folders, and of a very large tree only the first MAX_LISTED.
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
    """The frames among files (paths with / between), in order, and sentences on what was passed over.

    Those of the uppermost folder that has any; of several folders side by side only where their names tell their order, as
    those of a camera do. Raises ExemplarError where there is none, or where the order of folders cannot be told.
    """
    names = [name for name in names if not is_hidden(name)]
    folders = collections.defaultdict(list)
    for name in filter(is_frame, names):
        folders[PurePosixPath(name).parent].append(name)
    if not folders:
        raise ExemplarError(_none_there(names, what))
    upper = min(len(folder.parts) for folder in folders)
    chosen = [folder for folder in folders if len(folder.parts) == upper]
    if not _in_sequence(chosen):
        called = ", ".join(printable(str(folder)) for folder in sorted(chosen)[:3])
        raise ExemplarError(
            f"{what} has pictures in several folders ({called}), whose order cannot be told: give one of them, or number them."
        )
    remarks = []
    if deeper := sum(len(folders[folder]) for folder in folders if folder not in chosen):
        remarks.append(f"{deeper:,} pictures in folders farther within were passed over.")
    for kind, (count, advice) in sorted(_not_read(names).items()):
        remarks.append(f"{count:,} {kind} file{'s were' if count > 1 else ' was'} passed over. {advice}")
    return in_order(name for folder in chosen for name in folders[folder]), remarks


def _in_sequence(folders):
    """Whether folders side by side go on from one another: names of a camera's, or alike but for the numbers in them."""
    if len(folders) == 1:
        return True
    if len({re.sub(r"\d+", "0", str(folder)) for folder in folders}) == 1:
        return True
    return len({folder.parent for folder in folders}) == 1 and all(_DCF.fullmatch(folder.name) for folder in folders)


def _not_read(names):
    """Number of files, and a sentence, of each kind of picture that is not read."""
    found = {}
    for name in names:
        if (known := NOT_READ.get(PurePosixPath(name).suffix.lower())) is not None:
            kind, advice = known
            found[kind] = found.get(kind, (0,))[0] + 1, advice
    return found


def _none_there(names, what):
    if found := _not_read(names):
        kind, (count, advice) = max(found.items(), key=lambda item: item[1][0])
        return f"{what} holds no pictures that are read, but {count:,} {kind} file{'s' * (count > 1)}. {advice}"
    return f"{what} holds no pictures ({', '.join(PICTURE_SUFFIXES)})."
