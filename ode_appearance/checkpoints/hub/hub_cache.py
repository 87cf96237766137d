"""What huggingface_hub's cache has of materials, found without asking the Hub.

models--USER--NAME/
  snapshots/COMMIT/       the files of a commit; config.json comes last, so that where it is the others are, too
  refs/REVISION           the commit that a branch or a tag stood for when the Hub was last asked
  .without-login/COMMIT   that a commit could be read without an access token
"""

import contextlib
import re
from pathlib import Path

from ...runtime.atomic_io import write_atomically
from ..checkpoint import CONFIG, WEIGHTS

PUBLIC = ".without-login"


def is_commit(revision: str | None) -> bool:
    """Whether it is the whole name of a commit: what that stands for never changes."""
    return bool(revision and re.fullmatch("[0-9a-f]{40}", revision))


def cached_snapshot(repo: str, revision: str | None, *, public: bool = False) -> Path | None:
    """The folder of a commit, or of the one that a branch or tag stood for, where all of it is there; its name is the commit.

    With `public`, only where it could be read without an access token.
    """
    from huggingface_hub import try_to_load_from_cache

    try:
        found = try_to_load_from_cache(repo, CONFIG, revision=revision)
        if not isinstance(found, str) or not _is_whole(folder := Path(found).parent):
            return None
        return None if public and not (_marks(folder) / folder.name).exists() else folder
    except (OSError, ValueError):  # a cache that may not be read, or whose notes are no text
        return None


def remember(folder: Path, revision: str | None, *, public: bool) -> None:
    """Note which commit a branch or tag stands for, and whether it could be read without an access token."""
    with contextlib.suppress(OSError):  # a cache that is read-only still serves
        if public:
            _marks(folder).mkdir(exist_ok=True)
            (_marks(folder) / folder.name).touch()
        if not is_commit(revision):
            path = folder.parent.parent / "refs" / (revision or "main")
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, lambda file: file.write(folder.name.encode()))


def fetched(query: str = "") -> list[str]:
    """The repositories whose names have the query in them, and that are there without the Hub: what was fetched without an
    access token, by name."""
    from huggingface_hub import constants

    names = set()
    for mark in Path(constants.HF_HUB_CACHE).glob(f"models--*/{PUBLIC}/*"):
        repository = mark.parent.parent
        if _is_whole(repository / "snapshots" / mark.name):
            _, user, name = repository.name.split("--", 2)
            names.add(f"{user}/{name}")
    return sorted(name for name in names if query.strip().lower() in name.lower())


def _is_whole(snapshot):
    return (snapshot / CONFIG).is_file() and (snapshot / WEIGHTS).is_file()


def _marks(snapshot):
    return snapshot.parent.parent / PUBLIC
