"""Fetching materials from the Hub into huggingface_hub's cache."""

from pathlib import Path

from ...errors import HubError
from ..checkpoint import CARD, CONFIG, FILES, KEYFRAMES, MAX_CONFIG_BYTES, MAX_PARAMETERS, PREVIEW, START, WEIGHTS
from .hub_cache import cached_snapshot, is_commit, record_commit
from .hub_errors import is_unreachable, to_hub_error
from .repo_names import split_name
from .request_limits import limit_requests

TIMEOUT = 8.0
"""Seconds without an answer after which the Hub counts as unreachable."""
MAX_BYTES = {
    CONFIG: MAX_CONFIG_BYTES,
    WEIGHTS: 4 * MAX_PARAMETERS + (1 << 20),
    START: 64 << 20,
    PREVIEW: 32 << 20,
    CARD: 1 << 20,
    KEYFRAMES: 8 << 20,
}
"""Size limit of each file of a checkpoint; a repository with a larger one is not fetched."""


def fetch(name: str, *, token: str | bool | None = None) -> Path:
    """Fetch a material; the files of a checkpoint only, after all of their sizes were checked.

    A cached commit needs no request. A branch or tag is looked up, and comes from the cache where the Hub is unreachable.

    Args:
        name: Hub repository `user/repo[@revision]`.
        token: Access token; False: none; None: that of the login, if any. Without a token, the cache gives only what was
            fetched without one, since it may hold private repositories.

    Returns:
        The snapshot folder, named by the commit.

    Raises:
        HubError: Where there is no such repository or revision, where it is no material, or where it is neither cached nor
            reachable (code "not-cached").
    """
    import huggingface_hub

    repo, revision = split_name(name)
    public = token is False
    if is_commit(revision) and (folder := cached_snapshot(repo, revision, public=public)):
        return folder
    try:
        with limit_requests(TIMEOUT):
            folder = _download(huggingface_hub.HfApi(token=token), repo, revision)
    except HubError:
        raise
    except Exception as error:  # of huggingface_hub, its HTTP library, or hf_xet
        problem = to_hub_error(error, repo, revision=revision)
        if not is_unreachable(error):
            raise problem from error
        if folder := cached_snapshot(repo, revision, public=public):
            return folder
        raise HubError(
            f"{problem} {repo}{f'@{revision}' if revision else ''} is not in this machine's cache.", code="not-cached"
        ) from problem
    record_commit(folder, revision, public=public)
    return folder


def _download(api, repo, revision):
    # One commit is looked up, checked and downloaded: a concurrent update cannot mix versions.
    commit = api.model_info(repo, revision=revision, expand=["sha"], timeout=TIMEOUT).sha
    if not is_commit(commit):
        raise HubError(f"{api.endpoint} gives no valid commit for {repo}.", code="unexpected-answer")
    if folder := cached_snapshot(repo, commit):
        return folder
    listed = api.get_paths_info(repo, list(FILES), revision=commit)
    sizes = {file.path: max(file.size, file.lfs.size if file.lfs else 0) for file in listed if hasattr(file, "size")}
    _check(repo, sizes)
    names = sorted(sizes, key=lambda name: name == CONFIG)  # last: it marks a complete snapshot
    return [Path(api.hf_hub_download(repo, name, revision=commit, etag_timeout=TIMEOUT)) for name in names][-1].parent


def _check(repo, sizes):
    for name in (CONFIG, WEIGHTS):
        if name not in sizes:
            raise HubError(f"{repo} is not a material: it has no {name}.", code="no-material")
    for name, size in sizes.items():
        if size > MAX_BYTES[name]:
            raise HubError(
                f"{repo} was not fetched: its {name} has {size:,} bytes; the maximum is {MAX_BYTES[name]:,}.",
                code="too-large",
            )
