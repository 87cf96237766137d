"""Folders that are made or deleted at once: of an app that is killed meanwhile, the next one finds only what is not one yet."""

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

PREFIX = ".partial-"


@contextlib.contextmanager
def appearing(folder: Path) -> Iterator[Path]:
    """A place to fill, which becomes `folder` at the end; where something is raised, nothing is left."""
    partial = _partial(folder)
    try:
        partial.mkdir(parents=True)
        yield partial
        partial.rename(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise


def disappear(folder: Path) -> None:
    """Delete a folder and what is in it, as far as possible."""
    partial = _partial(folder)
    with contextlib.suppress(OSError):
        folder.rename(partial)
    for rest in (partial, folder):  # the folder itself where it cannot be renamed
        shutil.rmtree(rest, ignore_errors=True)


def is_partial(path: Path) -> bool:
    """Whether it is what is filled, or deleted, and no folder of its own."""
    return path.name.startswith(PREFIX)


def clear_partial(place: Path) -> None:
    """Delete what was being filled or deleted in a place when the app was killed. For an app that starts: nobody else is."""
    for path in place.glob(f"{PREFIX}*"):
        shutil.rmtree(path, ignore_errors=True)


def _partial(folder):
    return folder.with_name(PREFIX + folder.name)
