"""Materials on the Hugging Face Hub: found by their tag, fetched into its cache, and published."""

from .cached import fetched
from .evicting import evict
from .fetching import fetch
from .publishing import publish
from .searching import Found, list_hub

__all__ = ["Found", "evict", "fetch", "fetched", "list_hub", "publish"]
