"""What goes wrong with the Hub, as sentences."""

from ...errors import HubError


def out_of_reach(error: Exception) -> bool:
    """Whether the Hub did not answer, or not for now: what lies in the cache is then as good as it gets."""
    from huggingface_hub import errors

    if isinstance(error, errors.HfHubHTTPError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    lost = errors.HTTPError, ConnectionError, TimeoutError, errors.LocalEntryNotFoundError, errors.FileMetadataError
    return isinstance(error, lost)


def explain(error: Exception, repo: str = "", *, revision: str | None = None, token: str = "") -> HubError:
    """The HubError for whatever huggingface_hub raised about a repository.

    With a `token`, which was to write to it; it does not appear in the sentence, even where the Hub repeats it.
    """
    from huggingface_hub import constants, errors

    if isinstance(error, (errors.LocalEntryNotFoundError, RuntimeError)) and isinstance(error.__cause__, Exception):
        error = error.__cause__  # they only say that a file did not come or go, and this says why
    match error:
        case errors.OfflineModeIsEnabled():
            sentence = "The Hub is not asked while HF_HUB_OFFLINE is set."
        case errors.GatedRepoError():
            sentence = f"{repo} is gated: ask for access at {constants.ENDPOINT}/{repo}, and log in with `hf auth login`."
        case errors.RevisionNotFoundError():
            sentence = f"The Hub's repository {repo} has no revision {revision or 'main'}."
        case errors.RepositoryNotFoundError():
            sentence = f"The Hub has no repository {repo} that can be read here."
        case errors.DisabledRepoError():
            sentence = f"{repo} has been disabled on the Hub."
        case errors.HfHubHTTPError():
            sentence = _by_status(error.response.status_code, error.server_message, repo, bool(token))
        case _ if out_of_reach(error):
            sentence = f"The Hub ({constants.ENDPOINT}) cannot be reached."
        case OSError() if "Consistency check failed" in str(error):
            sentence = f"Files of {repo or 'the Hub'} did not arrive whole: try again."
        case OSError():
            sentence = f"Files of {repo or 'the Hub'} cannot be kept here: {error.strerror or error}."
        case ValueError():
            sentence = f"The Hub does not take or give what was expected: {error}"
        case _:
            sentence = f"The Hub failed: {error}"
    if token:
        sentence = sentence.replace(token, "...")
    sentence = " ".join(sentence.split())
    return HubError(sentence if len(sentence) <= 500 and sentence.endswith(".") else f"{sentence[:500].rstrip('.')}.")


def _by_status(status, said, repo, writing):
    match status:
        case 401 if writing:
            return "The Hub does not accept this access token."
        case 403 if writing:
            return f"This access token may not write to {repo}: it needs write permission there."
        case 401 | 403:
            what = f"{repo} may not be read here" if repo else "The Hub may not be asked from here"
            return f"{what} (status {status}): an access token is missing, or the one that is logged in is not accepted."
        case 404:
            return f"The Hub has no {repo}." if repo else "The Hub does not know what it was asked for."
        case 429:
            return "The Hub was asked too often from here: try again in a few minutes."
        case _ if status >= 500:
            return f"The Hub has trouble of its own (status {status}): try again later."
    return f"The Hub refuses (status {status}): {said or 'it does not say why'}"
