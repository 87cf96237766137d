"""Materials in huggingface_hub's cache, without asking the Hub.

models--USER--NAME/
  snapshots/COMMIT/       the files of a commit; config.json comes last: where it exists, the others do too
  refs/REVISION           the commit of a branch or tag when the Hub was last asked
  .without-login/COMMIT   marks a commit that could be read without an access token
"""

import contextlib
import re
from pathlib import Path

from ...runtime.atomic_io import write_atomically
from ..checkpoint import CONFIG, WEIGHTS

PUBLIC = ".without-login"


def is_commit(revision: str | None) -> bool:
    """Whether a revision is a full commit hash, whose content never changes."""
    return bool(revision and re.fullmatch("[0-9a-f]{40}", revision))


def cached_snapshot(repo: str, revision: str | None, *, public: bool = False) -> Path | None:
    """The complete snapshot folder of a commit, branch or tag, named by the commit; None where it is not cached.

    Args:
        repo: `user/repo`.
        revision: Commit, branch or tag; None: the main branch.
        public: Only commits that could be read without an access token.
    """
    from huggingface_hub import try_to_load_from_cache

    try:
        found = try_to_load_from_cache(repo, CONFIG, revision=revision)
        if not isinstance(found, str) or not _is_whole(folder := Path(found).parent):
            return None
        return None if public and not (_marks(folder) / folder.name).exists() else folder
    except (OSError, ValueError):  # no permission, or a damaged cache
        return None


def record_commit(folder: Path, revision: str | None, *, public: bool) -> None:
    """Record the commit of a branch or tag, and whether it could be read without an access token."""
    with contextlib.suppress(OSError):  # a read-only cache still works
        if public:
            _marks(folder).mkdir(exist_ok=True)
            (_marks(folder) / folder.name).touch()
        if not is_commit(revision):
            path = folder.parent.parent / "refs" / (revision or "main")
            path.parent.mkdir(parents=True, exist_ok=True)
            write_atomically(path, lambda file: file.write(folder.name.encode()))


def fetched(query: str = "") -> list[str]:
    """Names of cached repositories that could be read without an access token, sorted.

    Args:
        query: Part of the name; case is ignored.
    """
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
