"""Materials of the Hub off this machine again, where visitors have fetched many."""

import dataclasses
from pathlib import Path

from .cached import PUBLIC, fetched


def evict(most: int) -> list[str]:
    """Delete the repositories that were fetched without an access token, those used longest ago first, until the others have
    at most `most` bytes; their names.

    Other repositories of huggingface_hub's cache are left alone, and a cache that cannot be read is left as it is.
    """
    from huggingface_hub import CacheNotFound, constants, scan_cache_dir

    if not fetched():
        return []
    try:
        cache = scan_cache_dir(constants.HF_HUB_CACHE)
    except (CacheNotFound, OSError, ValueError):
        return []
    ours = sorted(
        (repo for repo in cache.repos if any((Path(repo.repo_path) / PUBLIC).glob("*"))), key=lambda repo: repo.last_accessed
    )
    left, gone = sum(repo.size_on_disk for repo in ours), []
    while ours and left > most:
        repo = ours.pop(0)
        alone = dataclasses.replace(cache, repos=frozenset([repo]))  # a duplicated repository has the same commits
        alone.delete_revisions(*(revision.commit_hash for revision in repo.revisions)).execute()
        left -= repo.size_on_disk
        gone.append(repo.repo_id)
    return gone
