"""Names of Hub repositories: `user/repo`, and `user/repo@revision` for a branch, tag or commit."""

import re

from ...errors import HubError


def split_name(name: str) -> tuple[str, str | None]:
    """Split `user/repo[@revision]` into repository and revision (or None); raises HubError (code "invalid-name")."""
    repo, at, revision = name.strip().partition("@")
    if at and (not re.fullmatch(r"\w[\w./-]{0,200}", revision) or ".." in revision):
        raise HubError(
            f"{revision[:100]!r} is not a revision: write user/repo@REVISION, with a branch, tag or commit.",
            code="invalid-name",
        )
    return validated_repo(repo), revision or None


def validated_repo(repo: str) -> str:
    """The name of a repository, `user/repo`; raises HubError (code "invalid-name") where it is invalid."""
    from huggingface_hub.utils import HFValidationError, validate_repo_id

    repo = repo.strip()
    try:
        if repo.count("/") != 1 or len(repo) > 96:
            raise HFValidationError
        validate_repo_id(repo)
    except HFValidationError:
        raise HubError(
            f"{repo[:100]!r} is not a repository on the Hub: write user/repo, with letters, digits, '-', '_' and '.' only.",
            code="invalid-name",
        ) from None
    return repo
