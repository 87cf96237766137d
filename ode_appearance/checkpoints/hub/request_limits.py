"""Limits on Hub requests: huggingface_hub sends some without a timeout, and others up to six times for a minute each."""

import collections
import contextlib
import contextvars
import threading
from collections.abc import Iterator

TRIES = 3
_limits: contextvars.ContextVar[tuple[float, collections.Counter] | None] = contextvars.ContextVar("limits", default=None)
_lock = threading.Lock()


@contextlib.contextmanager
def limit_requests(seconds: float) -> Iterator[None]:
    """Context manager: limits this thread's Hub requests.

    A request is tried TRIES times; then TimeoutError is raised. A resumed download counts as a new request, so a slow one may
    take any time as long as data arrives. Status 429 (too many requests) is an error at once, without waiting.

    Args:
        seconds: Maximum wait for the start or continuation of an answer.
    """
    from huggingface_hub import get_session

    hooks = get_session().event_hooks  # the client is shared: outside of this context, the hooks do nothing
    with _lock:
        if _limit not in hooks["request"]:
            hooks["request"].append(_limit)
            hooks["response"].append(_refuse_to_wait)
    outer = _limits.set((seconds, collections.Counter()))
    try:
        yield
    finally:
        _limits.reset(outer)


def _limit(request):
    if (limits := _limits.get()) is None:
        return
    seconds, tries = limits
    key = request.method, str(request.url), request.headers.get("range")
    tries[key] += 1
    if tries[key] > TRIES:
        raise TimeoutError(f"No answer after {TRIES} tries.")
    given = request.extensions.get("timeout") or {}
    kinds = ("connect", "read", "write", "pool")
    request.extensions["timeout"] = {kind: min(seconds, given.get(kind) or seconds) for kind in kinds}


def _refuse_to_wait(response):
    from huggingface_hub.utils import hf_raise_for_status

    if _limits.get() is not None and response.status_code == 429:
        hf_raise_for_status(response)
