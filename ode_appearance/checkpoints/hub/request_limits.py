"""An end to waiting: of itself huggingface_hub asks some things without a limit, and others six times for a minute each."""

import collections
import contextlib
import contextvars
import threading
from collections.abc import Iterator

TRIES = 3
_limits: contextvars.ContextVar[tuple[float, collections.Counter] | None] = contextvars.ContextVar("limits", default=None)
_lock = threading.Lock()


@contextlib.contextmanager
def patience(seconds: float) -> Iterator[None]:
    """Within it, what this thread asks the Hub waits at most `seconds` for an answer to begin or go on, and TRIES times.

    TimeoutError is raised in place of another try. A download that goes on where it broke off has begun anew: however slow,
    it may take as long as something comes. Being asked to wait, for asking too often, is an error at once.
    """
    from huggingface_hub import get_session

    hooks = get_session().event_hooks  # the client is everybody's: outside of this context they do nothing
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
    wanted = request.method, str(request.url), request.headers.get("range")
    tries[wanted] += 1
    if tries[wanted] > TRIES:
        raise TimeoutError(f"No answer after {TRIES} tries.")
    given = request.extensions.get("timeout") or {}
    kinds = ("connect", "read", "write", "pool")
    request.extensions["timeout"] = {kind: min(seconds, given.get(kind) or seconds) for kind in kinds}


def _refuse_to_wait(response):
    from huggingface_hub.utils import hf_raise_for_status

    if _limits.get() is not None and response.status_code == 429:
        hf_raise_for_status(response)
