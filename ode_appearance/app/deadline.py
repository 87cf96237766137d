"""How long the work on what a visitor asked for may take, where that is limited."""

import contextlib
import time

from ..errors import RequestError
from .settings import most_seconds


class Deadline:
    """Made when the work begins."""

    def __init__(self):
        self._most, self._began = most_seconds(), time.monotonic()

    @contextlib.contextmanager
    def of_others(self):
        """What is done in here is work for somebody else."""
        began = time.monotonic()
        try:
            yield
        finally:
            self._began += time.monotonic() - began

    @property
    def over(self) -> bool:
        """Whether it has taken longer than it may."""
        return self._most is not None and time.monotonic() - self._began > self._most

    def check(self) -> None:
        """Raise RequestError where it has."""
        if self.over:
            raise RequestError(f"A solve may take {self._most} s here: ask for a smaller size, a shorter range, fewer frames.")
