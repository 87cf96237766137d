"""Materials on the Hugging Face Hub: searched by tag, fetched into the Hub's cache, published."""

from .eviction import evict
from .fetching import fetch
from .hub_cache import fetched
from .publishing import publish
from .searching import HubMaterial, list_hub

__all__ = ["HubMaterial", "evict", "fetch", "fetched", "list_hub", "publish"]
