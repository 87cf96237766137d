"""Looking for materials on the Hub: the model repositories that carry their tag."""

import dataclasses

from ...errors import HubError
from ..model_card import TAG
from .fetching import TIMEOUT
from .hub_errors import explain

LIMIT = 20


@dataclasses.dataclass(frozen=True)
class Found:
    """A repository that calls itself a material, as the Hub lists it; nothing in it has been checked."""

    repo: str
    author: str
    modified: str
    """Day of its last change, as 2026-01-31; empty where the Hub does not say."""
    likes: int
    downloads: int
    license: str
    """As the Hub names it; empty where the repository does not say."""


def list_hub(query: str = "", limit: int = LIMIT, *, token: str | bool | None = None) -> list[Found]:
    """The model repositories tagged `ode-appearance` whose names have the query in them, the most downloaded first.

    `limit` is from 1 to 100, `token` as for `fetch`. Raises HubError where the Hub cannot be asked.
    """
    from huggingface_hub import ModelInfo, constants, get_session
    from huggingface_hub.utils import build_hf_headers, hf_raise_for_status

    wanted = ["author", "downloads", "lastModified", "likes", "tags"]
    parameters = {"filter": TAG, "sort": "downloads", "limit": min(max(limit, 1), 100), "expand": wanted}
    if query.strip():
        parameters["search"] = query.strip()[:100]
    try:
        # HfApi.list_models would ask six times over half a minute, and wait for each answer without end.
        response = get_session().get(
            f"{constants.ENDPOINT}/api/models", params=parameters, headers=build_hf_headers(token=token), timeout=TIMEOUT
        )
        hf_raise_for_status(response)
    except Exception as error:  # huggingface_hub's own, and those of the HTTP library under it
        raise explain(error) from error
    try:
        return [_found(ModelInfo(**repository)) for repository in response.json()][:limit]
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise HubError(f"What {constants.ENDPOINT} answers is not a list of repositories.") from error


def _found(info):
    licenses = [tag.removeprefix("license:") for tag in info.tags or [] if tag.startswith("license:")]
    return Found(
        repo=str(info.id),
        author=str(info.author or info.id.partition("/")[0]),
        modified=f"{info.last_modified:%Y-%m-%d}" if info.last_modified else "",
        likes=int(info.likes or 0),
        downloads=int(info.downloads or 0),
        license=str(licenses[0]) if licenses else "",
    )
