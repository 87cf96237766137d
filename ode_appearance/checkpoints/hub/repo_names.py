"""Names on the Hub: `user/repo`, and `user/repo@revision` for a branch, a tag or a commit of it."""

import re

from ...errors import HubError


def split_name(name: str) -> tuple[str, str | None]:
    """The repository and the revision, if there is one, of `user/repo[@revision]`; HubError for what is no such name."""
    repo, at, revision = name.strip().partition("@")
    if at and (not re.fullmatch(r"\w[\w./-]{0,200}", revision) or ".." in revision):
        raise HubError(f"{revision[:100]!r} is not a revision: write user/repo@BRANCH, with a branch, a tag or a commit.")
    return checked_repo(repo), revision or None


def checked_repo(repo: str) -> str:
    """The name of a repository, `user/repo`; raises HubError for what the Hub could not have."""
    from huggingface_hub.utils import HFValidationError, validate_repo_id

    repo = repo.strip()
    try:
        if repo.count("/") != 1 or len(repo) > 96:
            raise HFValidationError
        validate_repo_id(repo)
    except HFValidationError:
        raise HubError(
            f"{repo[:100]!r} is not a repository on the Hub: write user/repo, with letters, digits, '-', '_' and '.' only."
        ) from None
    return repo
