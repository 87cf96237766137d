"""Materials of the Hub onto this machine: into huggingface_hub's cache, and from there where the Hub is out of reach."""

import contextlib
from pathlib import Path

from ..atomic import write_atomically
from ..checkpoint import CARD, CONFIG, FILES, KEYFRAMES, MAX_CONFIG_BYTES, MAX_PARAMETERS, PREVIEW, WEIGHTS
from ..errors import HubError
from .names import split_name
from .refusals import explain, out_of_reach

TIMEOUT = 8.0
"""Seconds without an answer after which the Hub counts as out of reach."""
PUBLIC = ".fetched-without-login"
"""Beside the snapshots of a repository that was fetched without an access token."""
MOST_BYTES = {
    CONFIG: MAX_CONFIG_BYTES,
    WEIGHTS: 4 * MAX_PARAMETERS + (1 << 20),
    PREVIEW: 32 << 20,
    CARD: 1 << 20,
    KEYFRAMES: 8 << 20,
}
"""What each file of a checkpoint may have; a repository with a larger one is not fetched."""


def fetch(name: str, *, token: str | bool | None = None) -> Path:
    """The local snapshot folder of a Hub repository `user/repo[@revision]`, from the cache where the Hub is out of reach.

    Only a checkpoint's own files are fetched, and only where all of them are of a size that a checkpoint's can be. `token`
    is an access token, False for none, or None for the one that is logged in, if any. Without one the cache gives what was
    fetched without one: it may hold what is private. Raises HubError where there is no such repository or revision, where it
    is no material, or where it is neither cached nor reachable.
    """
    import huggingface_hub

    repo, revision = split_name(name)
    api = huggingface_hub.HfApi(token=token)
    try:
        folder = _download(api, repo, revision)
        if token is False:
            with contextlib.suppress(OSError):
                (folder.parent.parent / PUBLIC).touch()
        return folder
    except HubError:
        raise
    except Exception as error:  # huggingface_hub's own, those of the HTTP library under it, and of hf_xet
        problem = explain(error, repo, revision=revision)
        if not out_of_reach(error):
            raise problem from error
        return _cached(api, repo, revision, problem, token is False)


def fetched(query: str = "") -> list[str]:
    """The repositories whose names have the query in them, and that are there without the Hub: what was fetched without an
    access token, by name."""
    from huggingface_hub import constants

    names = []
    for mark in Path(constants.HF_HUB_CACHE).glob(f"models--*/{PUBLIC}"):
        _, user, name = mark.parent.name.split("--", 2)
        if any((snapshot / WEIGHTS).exists() for snapshot in mark.parent.glob("snapshots/*")):
            names.append(f"{user}/{name}")
    return sorted(name for name in names if query.strip().lower() in name.lower())


def _download(api, repo, revision):
    # One commit is looked up, checked and downloaded, so that nothing can be put in its place meanwhile.
    commit = api.model_info(repo, revision=revision, expand=["sha"], timeout=TIMEOUT).sha
    listed = api.get_paths_info(repo, list(FILES), revision=commit)
    sizes = {file.path: max(file.size, file.lfs.size if file.lfs else 0) for file in listed if hasattr(file, "size")}
    _check(repo, sizes)
    paths = [Path(api.hf_hub_download(repo, file, revision=commit, etag_timeout=TIMEOUT)) for file in sizes]
    folder = paths[0].parent
    _note(folder, revision or "main", commit)
    return folder


def _check(repo, sizes):
    for name in (CONFIG, WEIGHTS):
        if name not in sizes:
            raise HubError(f"{repo} is not a material: it has no {name}.")
    for name, size in sizes.items():
        if size > MOST_BYTES[name]:
            raise HubError(
                f"{repo} was not fetched: its {name} has {size:,} bytes, and that of a material at most {MOST_BYTES[name]:,}."
            )


def _note(snapshot, revision, commit):
    """Note which commit a branch or tag stands for, as the cache does: refs/REVISION, beside snapshots/COMMIT/."""
    if revision == commit:
        return
    path = snapshot.parent.parent / "refs" / revision
    with contextlib.suppress(OSError):  # a cache that is read-only still serves
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, lambda file: file.write(commit.encode()))


def _cached(api, repo, revision, problem, public):
    try:
        folder = Path(api.snapshot_download(repo, revision=revision, allow_patterns=list(FILES), local_files_only=True))
        if public and not (folder.parent.parent / PUBLIC).exists():
            raise FileNotFoundError(folder)
        return folder
    except (OSError, ValueError):
        raise HubError(f"{problem} {repo}{f'@{revision}' if revision else ''} is not in this machine's cache.") from problem
