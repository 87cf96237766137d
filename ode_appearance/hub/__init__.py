"""Materials on the Hugging Face Hub: found by their tag, fetched into its cache, and published."""

from .fetching import fetch, fetched
from .publishing import publish
from .searching import Found, search

__all__ = ["Found", "fetch", "fetched", "publish", "search"]
