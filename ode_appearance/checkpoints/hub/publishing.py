"""Publishing a material on the Hub."""

import contextlib
import re
from pathlib import Path

from ...errors import CheckpointError, HubError
from ..checkpoint import CARD, CONFIG, FILES, KEYFRAMES, PREVIEW, START, WEIGHTS, load_config, load_folder, safe_file
from ..model_card import TAG, model_card
from .fetching import TIMEOUT
from .hub_errors import to_hub_error
from .repo_names import split_name, validated_repo
from .request_limits import limit_requests

COMMIT_TIMEOUT = 60.0
"""Seconds without an answer after which the Hub counts as unreachable; creating a commit takes it a while."""


def publish(
    folder: Path | str,
    repo: str,
    *,
    token: str | None = None,
    private: bool = False,
    revision: str | None = None,
    message: str | None = None,
) -> str:
    """Upload a checkpoint folder to a model repository, in one commit: the files of a checkpoint, and a model card for the
    repository.

    Args:
        folder: The checkpoint folder.
        repo: `user/repo`; created where missing.
        token: Access token with write permission; None: that of the login or $HF_TOKEN. It is sent to the Hub only, and neither
            stored nor repeated in messages.
        private: Whether a new repository is private.
        revision: Branch; created where missing.
        message: Commit message.

    Returns:
        The address of the repository or branch.

    Raises:
        CheckpointError: Where the checkpoint is invalid.
        HubError: Where the token has no write permission, the repository holds something else, or the Hub is unreachable.
    """
    import huggingface_hub

    material = load_folder(folder)
    repo, branch = split_name(f"{validated_repo(repo)}@{revision}") if revision else (validated_repo(repo), None)
    token = _checked_token(huggingface_hub.get_token() if token is None else token)
    card = model_card(material.config, source=f"{repo}@{branch}" if branch else repo)
    api = huggingface_hub.HfApi(token=token)
    try:
        with limit_requests(COMMIT_TIMEOUT):
            _make(api, repo, private, branch)
            api.create_commit(
                repo,
                operations=_additions(Path(folder), card.encode()),
                commit_message=message or f"{material.name}, a material that changes with time",
                revision=branch,
            )
    except HubError as error:
        problem = error
    except Exception as error:  # of huggingface_hub, its HTTP library, or hf_xet
        problem = to_hub_error(error, repo, revision=branch, token=token)
    else:
        return f"{api.endpoint}/{repo}" + (f"/tree/{branch}" if branch else "")
    # Raised outside of `except`: the original exception holds a request with the token in its header.
    raise problem


def _checked_token(token):
    token = (token or "").strip()
    if not token:
        raise HubError(
            "Publishing needs an access token with write permission: log in with `hf auth login`, or set HF_TOKEN.",
            code="no-token",
        )
    if not re.fullmatch(r"[!-~]{1,1000}", token):  # the HTTP library would quote it in its error
        raise HubError("Invalid access token: it has letters, digits and '_' only.", code="invalid-token")
    return token


def _make(api, repo, private, branch):
    """Create the repository and the branch where missing; refuse a repository that holds something else."""
    from huggingface_hub import errors

    try:
        info = api.model_info(repo, expand=["private", "siblings", "tags"], timeout=TIMEOUT)
    except errors.RepositoryNotFoundError:
        api.create_repo(repo, private=private, exist_ok=True)
    else:
        taken = {sibling.rfilename for sibling in info.siblings or ()} & set(FILES)
        if taken and TAG not in (info.tags or ()):
            raise HubError(f"{repo} holds something else ({', '.join(sorted(taken))}): choose another name.", code="name-taken")
        if private and info.private is False:
            raise HubError(
                f"{repo} exists and is public: make it private on the Hub first, or choose another name.", code="public"
            )
    if branch is not None:
        api.create_branch(repo, branch=branch, exist_ok=True)


def _additions(folder, card):
    from huggingface_hub import CommitOperationAdd

    files = {name: safe_file(folder, name) for name in _required(load_config(folder))}
    for name in (PREVIEW, KEYFRAMES):  # optional
        with contextlib.suppress(CheckpointError):
            path = safe_file(folder, name)
            files |= {name: path} if path.stat().st_size else {}
    return [CommitOperationAdd(name, path) for name, path in files.items()] + [CommitOperationAdd(CARD, card)]


def _required(config):
    """The files without which this material cannot be loaded."""
    return (CONFIG, WEIGHTS) if config.start_size is None else (CONFIG, WEIGHTS, START)
