"""Eviction of the Hub's materials from this machine's cache."""

import dataclasses
from pathlib import Path

from .hub_cache import PUBLIC, fetched


def evict(max_bytes: int) -> list[str]:
    """Delete the least recently used repositories until the others fit.

    Only repositories that were fetched without an access token count and are deleted; an unreadable cache stays unchanged.

    Args:
        max_bytes: Limit of the remaining repositories together.

    Returns:
        Names of the deleted repositories.
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
    while ours and left > max_bytes:
        repo = ours.pop(0)
        alone = dataclasses.replace(
            cache, repos=frozenset([repo])
        )  # only this one: a duplicated repository has the same commits
        alone.delete_revisions(*(revision.commit_hash for revision in repo.revisions)).execute()
        left -= repo.size_on_disk
        gone.append(repo.repo_id)
    return gone
