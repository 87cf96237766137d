"""The standard streams of a program: open, able to take every character, and their failures told in a sentence."""

import contextlib
import io
import os
import sys
from typing import Any, TextIO


def prepare() -> None:
    """Make the standard streams usable. To be called once by a program, as early as possible.

    A stream that was closed before the program started leads to the null device: else its number would go to the next file
    that is opened, and what a C library writes to "standard error" would go into that file. A character that the encoding does
    not have is written as an escape. What standard error cannot take, as on a full disk, is lost, and nothing else.
    """
    _open_closed_descriptors()
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.stderr is sys.__stderr__:  # not where a test, a notebook or a server has one of its own
        sys.stderr = ForgivingStream(sys.stderr)


def _open_closed_descriptors() -> None:
    """Open the null device on each of the descriptors 0, 1 and 2 that is closed."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
            if null != number:
                os.close(null)


class ForgivingStream:
    """A stream whose failures to write are passed over: the work goes on where its messages cannot be told."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def write(self, text: str) -> int:
        """As that of the stream; what cannot be written is lost."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """As that of the stream."""
        with contextlib.suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def discard_output() -> None:
    """Lead standard output to the null device: what it still holds cannot be written, and Python would try so at the end."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
        sys.stdout.flush()
