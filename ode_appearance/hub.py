"""Materials on the Hugging Face Hub."""

from pathlib import Path

from .checkpoint import FILES
from .errors import CheckpointError


def fetch(name: str) -> Path:
    """The local snapshot folder of a Hub repository `user/repo[@revision]`, from the cache where the Hub is out of reach.

    Only a checkpoint's own files are fetched. Raises CheckpointError where there is no such repository or revision, or
    where it is neither cached nor reachable.
    """
    import huggingface_hub
    from huggingface_hub import errors

    repo, _, revision = name.partition("@")
    try:
        return Path(huggingface_hub.snapshot_download(repo, revision=revision or None, allow_patterns=list(FILES)))
    except errors.RepositoryNotFoundError as error:
        raise CheckpointError(f"The Hub has no repository {repo} that can be read here.") from error
    except errors.RevisionNotFoundError as error:
        raise CheckpointError(f"The Hub's repository {repo} has no revision {revision}.") from error
    except (errors.LocalEntryNotFoundError, errors.HfHubHTTPError, OSError, ValueError) as error:
        raise CheckpointError(f"{name} could not be fetched from the Hub and is not in the cache: {error}") from error
