"""Search for materials on the Hub: model repositories that carry the tag."""

import dataclasses

from ...errors import HubError
from ..model_card import TAG
from .fetching import TIMEOUT
from .hub_errors import to_hub_error

LIMIT = 20


@dataclasses.dataclass(frozen=True)
class HubMaterial:
    """A repository with the tag of materials, as listed by the Hub; its content has not been checked."""

    repo: str
    author: str
    modified: str
    """Day of the last change, such as 2026-01-31; empty where unknown."""
    likes: int
    downloads: int
    license: str
    """The Hub's identifier; empty where unknown."""


def list_hub(query: str = "", limit: int = LIMIT, *, token: str | bool | None = None) -> list[HubMaterial]:
    """Model repositories tagged `ode-appearance`, most downloaded first.

    Args:
        query: Part of the name.
        limit: Maximum number of results, 1 to 100.
        token: As for `fetch`.

    Raises:
        HubError: Where the Hub cannot be used.
    """
    from huggingface_hub import ModelInfo, constants, get_session
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status

    wanted = ["author", "downloads", "lastModified", "likes", "tags"]
    parameters = {"filter": TAG, "sort": "downloads", "limit": min(max(limit, 1), 100), "expand": wanted}
    if query.strip():
        parameters["search"] = query.strip()[:100]
    try:
        # HfApi.list_models retries six times over half a minute, without a timeout.
        response = get_session().get(
            f"{constants.ENDPOINT}/api/models", params=parameters, headers=build_hf_headers(token=token), timeout=TIMEOUT
        )
        hf_raise_for_status(response)
    except Exception as error:  # of huggingface_hub or its HTTP library
        raise to_hub_error(error) from error
    try:
        return [_found(ModelInfo(**repository)) for repository in response.json()][:limit]
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise HubError(
            f"The answer of {constants.ENDPOINT} is not a list of repositories.", code="unexpected-answer"
        ) from error


def _found(info):
    licenses = [tag.removeprefix("license:") for tag in info.tags or [] if tag.startswith("license:")]
    return HubMaterial(
        repo=str(info.id),
        author=str(info.author or info.id.partition("/")[0]),
        modified=f"{info.last_modified:%Y-%m-%d}" if info.last_modified else "",
        likes=int(info.likes or 0),
        downloads=int(info.downloads or 0),
        license=str(licenses[0]) if licenses else "",
    )
