"""Errors of the Hub as messages."""

from ...errors import HubError


def is_unreachable(error: Exception) -> bool:
    """Whether the Hub gave no answer, or none for now, so that the cache may be used instead."""
    from huggingface_hub import errors

    if isinstance(error, errors.HfHubHTTPError):
        return error.response.status_code == 429 or error.response.status_code >= 500
    lost = errors.HTTPError, ConnectionError, TimeoutError, errors.LocalEntryNotFoundError, errors.FileMetadataError
    return isinstance(error, lost)


def to_hub_error(error: Exception, repo: str = "", *, revision: str | None = None, token: str = "") -> HubError:
    """The HubError for an exception of huggingface_hub.

    Args:
        error: The exception.
        repo: The repository of the request.
        revision: Its revision.
        token: The access token of a write request; removed from the message, even where the Hub repeats it.

    Returns:
        The error; its code names the cause.
    """
    from huggingface_hub import constants, errors

    if isinstance(error, (errors.LocalEntryNotFoundError, RuntimeError)) and isinstance(error.__cause__, Exception):
        error = error.__cause__  # the cause is more specific
    match error:
        case errors.OfflineModeIsEnabled():
            code, sentence = "offline", "HF_HUB_OFFLINE is set: unset it to use the Hub."
        case errors.GatedRepoError():
            code = "gated"
            sentence = f"{repo} is gated: request access at {constants.ENDPOINT}/{repo}, and log in with `hf auth login`."
        case errors.RevisionNotFoundError():
            code, sentence = "no-revision", f"The Hub's repository {repo} has no revision {revision or 'main'}."
        case errors.RepositoryNotFoundError():
            code, sentence = "no-repository", f"The Hub has no repository {repo} that can be read from here."
        case errors.DisabledRepoError():
            code, sentence = "disabled", f"{repo} has been disabled on the Hub."
        case errors.HfHubHTTPError():
            code, sentence = _by_status(error.response.status_code, error.server_message, repo, bool(token))
        case _ if is_unreachable(error):
            code, sentence = "unreachable", f"The Hub ({constants.ENDPOINT}) cannot be reached."
        case OSError() if "Consistency check failed" in str(error):
            code, sentence = "incomplete", f"Files of {repo or 'the Hub'} arrived incomplete: try again."
        case OSError():
            code = "not-writable"
            sentence = f"Files of {repo or 'the Hub'} cannot be stored: {error.strerror or error}."
        case ValueError():
            code, sentence = "unexpected-answer", f"Unexpected request to or answer of the Hub: {error}"
        case _:
            code, sentence = "failed", f"The Hub failed: {error}"
    if token:
        sentence = sentence.replace(token, "...")
    sentence = " ".join(sentence.split())
    if len(sentence) > 500 or not sentence.endswith("."):
        sentence = f"{sentence[:500].rstrip('.')}."
    return HubError(sentence, code=code)


def _by_status(status, answer, repo, writing):
    """(code, sentence) of an HTTP status."""
    match status:
        case 401 if writing:
            return "token-rejected", "The Hub does not accept this access token."
        case 403 if writing:
            return "no-write-permission", f"This access token has no write permission for {repo}."
        case 401 | 403:
            what = f"{repo} cannot be read" if repo else "The Hub cannot be used"
            return "unauthorized", f"{what} (status {status}): the access token of the login is missing or rejected."
        case 404:
            return "not-found", f"The Hub has no {repo}." if repo else "The Hub does not know this request."
        case 429:
            return "rate-limited", "Too many requests to the Hub: try again in a few minutes."
        case _ if status >= 500:
            return "hub-trouble", f"The Hub has an internal error (status {status}): try again later."
    return "refused", f"The Hub refuses the request (status {status}): {answer or 'no reason given'}"
