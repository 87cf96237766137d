"""Materials of the Hub onto this machine: into huggingface_hub's cache, and from there where the Hub is not needed."""

from pathlib import Path

from ...errors import HubError
from ..checkpoint import CARD, CONFIG, FILES, KEYFRAMES, MAX_CONFIG_BYTES, MAX_PARAMETERS, PREVIEW, START, WEIGHTS
from .cached import cached_snapshot, is_commit, remember
from .hub_errors import explain, out_of_reach
from .repo_names import split_name
from .request_limits import patience

TIMEOUT = 8.0
"""Seconds without an answer after which the Hub counts as out of reach."""
MOST_BYTES = {
    CONFIG: MAX_CONFIG_BYTES,
    WEIGHTS: 4 * MAX_PARAMETERS + (1 << 20),
    START: 64 << 20,
    PREVIEW: 32 << 20,
    CARD: 1 << 20,
    KEYFRAMES: 8 << 20,
}
"""What each file of a checkpoint may have; a repository with a larger one is not fetched."""


def fetch(name: str, *, token: str | bool | None = None) -> Path:
    """The local snapshot folder of a Hub repository `user/repo[@revision]`; the folder's name is the commit.

    A commit that is in the cache is not asked for again. What a branch or a tag stands for is, and comes from the cache where
    the Hub is out of reach. Only a checkpoint's own files are fetched, and only where all of them are of a size that a
    checkpoint's can be. `token` is an access token, False for none, or None for the one that is logged in, if any. Without
    one the cache gives what was fetched without one: it may hold what is private.

    Raises HubError where there is no such repository or revision, where it is no material, or where it is neither cached nor
    reachable.
    """
    import huggingface_hub

    repo, revision = split_name(name)
    public = token is False
    if is_commit(revision) and (folder := cached_snapshot(repo, revision, public=public)):
        return folder
    try:
        with patience(TIMEOUT):
            folder = _download(huggingface_hub.HfApi(token=token), repo, revision)
    except HubError:
        raise
    except Exception as error:  # huggingface_hub's own, those of the HTTP library under it, and of hf_xet
        problem = explain(error, repo, revision=revision)
        if not out_of_reach(error):
            raise problem from error
        if folder := cached_snapshot(repo, revision, public=public):
            return folder
        raise HubError(f"{problem} {repo}{f'@{revision}' if revision else ''} is not in this machine's cache.") from problem
    remember(folder, revision, public=public)
    return folder


def _download(api, repo, revision):
    # One commit is looked up, checked and downloaded, so that nothing can be put in its place meanwhile.
    commit = api.model_info(repo, revision=revision, expand=["sha"], timeout=TIMEOUT).sha
    if not is_commit(commit):
        raise HubError(f"{api.endpoint} does not say which commit of {repo} it has.")
    if folder := cached_snapshot(repo, commit):
        return folder
    listed = api.get_paths_info(repo, list(FILES), revision=commit)
    sizes = {file.path: max(file.size, file.lfs.size if file.lfs else 0) for file in listed if hasattr(file, "size")}
    _check(repo, sizes)
    names = sorted(sizes, key=lambda name: name == CONFIG)  # it comes last: where it is, all of them are
    return [Path(api.hf_hub_download(repo, name, revision=commit, etag_timeout=TIMEOUT)) for name in names][-1].parent


def _check(repo, sizes):
    for name in (CONFIG, WEIGHTS):
        if name not in sizes:
            raise HubError(f"{repo} is not a material: it has no {name}.")
    for name, size in sizes.items():
        if size > MOST_BYTES[name]:
            raise HubError(
                f"{repo} was not fetched: its {name} has {size:,} bytes, and that of a material at most {MOST_BYTES[name]:,}."
            )
