"""A material of this machine onto the Hub."""

import contextlib
import re
from pathlib import Path

from ...errors import CheckpointError, HubError
from ..checkpoint import CARD, CONFIG, FILES, KEYFRAMES, PREVIEW, START, WEIGHTS, checked_file, load_config, load_folder
from ..model_card import TAG, model_card
from .fetching import TIMEOUT
from .hub_errors import explain
from .repo_names import checked_repo, split_name
from .request_limits import patience

COMMIT_TIMEOUT = 60.0
"""Seconds without an answer after which the Hub counts as out of reach: to make a commit of files takes it a while."""


def publish(
    folder: Path | str,
    repo: str,
    *,
    token: str | None = None,
    private: bool = False,
    revision: str | None = None,
    message: str | None = None,
) -> str:
    """Upload a checkpoint folder to the model repository `user/repo`, which is made where there is none; returns its address.

    Only a checkpoint's own files go, in one commit with this `message`, and a model card written for the repository. `token`
    is an access token with write permission, or None for the one that is logged in (or in $HF_TOKEN): it is sent to the Hub,
    and kept and repeated nowhere. `private` is for a repository that is made. `revision` is a branch, made where there is none.

    Raises CheckpointError where the checkpoint is not sound, and HubError where the Hub does not take it: a token that may
    not write, a repository that holds something else, a Hub that cannot be reached.
    """
    import huggingface_hub

    material = load_folder(folder)
    repo, branch = split_name(f"{checked_repo(repo)}@{revision}") if revision else (checked_repo(repo), None)
    token = _checked_token(huggingface_hub.get_token() if token is None else token)
    card = model_card(material.config, source=f"{repo}@{branch}" if branch else repo)
    api = huggingface_hub.HfApi(token=token)
    try:
        with patience(COMMIT_TIMEOUT):
            _make(api, repo, private, branch)
            api.create_commit(
                repo,
                operations=_additions(Path(folder), card.encode()),
                commit_message=message or f"{material.name}, a material that changes with time",
                revision=branch,
            )
    except HubError as error:
        problem = error
    except Exception as error:  # huggingface_hub's own, those of the HTTP library under it, and of hf_xet
        problem = explain(error, repo, revision=branch, token=token)
    else:
        return f"{api.endpoint}/{repo}" + (f"/tree/{branch}" if branch else "")
    # Raised here, so that it does not bring along a request that has the token in its head.
    raise problem


def _checked_token(token):
    token = (token or "").strip()
    if not token:
        raise HubError("Publishing needs an access token with write permission: log in with `hf auth login`, or set HF_TOKEN.")
    if not re.fullmatch(r"[!-~]{1,1000}", token):  # the HTTP library would quote it in its complaint
        raise HubError("That is not an access token: it has letters, digits and '_' only.")
    return token


def _make(api, repo, private, branch):
    """Make sure that there is a repository to upload to, and that it is not one of something else."""
    from huggingface_hub import errors

    try:
        info = api.model_info(repo, expand=["private", "siblings", "tags"], timeout=TIMEOUT)
    except errors.RepositoryNotFoundError:
        api.create_repo(repo, private=private, exist_ok=True)
    else:
        taken = {sibling.rfilename for sibling in info.siblings or ()} & set(FILES)
        if taken and TAG not in (info.tags or ()):
            raise HubError(f"{repo} holds something else ({', '.join(sorted(taken))}): choose another name.")
        if private and info.private is False:
            raise HubError(f"{repo} is there already, and public: make it private on the Hub first, or choose another name.")
    if branch is not None:
        api.create_branch(repo, branch=branch, exist_ok=True)


def _additions(folder, card):
    from huggingface_hub import CommitOperationAdd

    files = {name: checked_file(folder, name) for name in _required(load_config(folder))}
    for name in (PREVIEW, KEYFRAMES):  # a material is whole without them
        with contextlib.suppress(CheckpointError):
            path = checked_file(folder, name)
            files |= {name: path} if path.stat().st_size else {}
    return [CommitOperationAdd(name, path) for name, path in files.items()] + [CommitOperationAdd(CARD, card)]


def _required(config):
    """The files without which a material of this config cannot be opened."""
    return (CONFIG, WEIGHTS) if config.start_size is None else (CONFIG, WEIGHTS, START)
