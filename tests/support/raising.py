"""Expect an exception by its class and its code, so that its sentence can be improved without changing tests."""

import contextlib
from collections.abc import Iterator

import pytest

from ode_appearance.errors import AppearanceError


@contextlib.contextmanager
def raises(kind: type[AppearanceError], code: str | None = None) -> Iterator[pytest.ExceptionInfo]:
    """Context manager like `pytest.raises`; also compares `code` where one is given, and requires one line of text."""
    with pytest.raises(kind) as caught:
        yield caught
    text = str(caught.value)
    assert text.strip() and "\n" not in text.strip(), f"not one sentence: {text!r}"
    if code is not None:
        assert caught.value.code == code, f"code {caught.value.code!r} instead of {code!r}: {text}"
