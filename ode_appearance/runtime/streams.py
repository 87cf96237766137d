"""Standard streams: open, able to encode every character, and tolerant of write errors."""

import contextlib
import io
import os
import sys
from typing import Any, TextIO


def prepare() -> None:
    """Make the standard streams usable. A program calls this once, as early as possible.

    Streams that were closed at startup are connected to the null device: otherwise the next opened file would get their
    descriptor, and messages of C libraries to "standard error" would go into it. Characters that it cannot encode are escaped.
    Failed writes to standard error, as on a full disk, are ignored.
    """
    _open_closed_descriptors()
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))
        elif mode == "w" and isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if sys.stderr is sys.__stderr__:  # unless a test, notebook or server replaced it
        sys.stderr = ForgivingStream(sys.stderr)


def _open_closed_descriptors() -> None:
    """Open the null device on each closed descriptor among 0, 1 and 2."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            null = os.open(os.devnull, os.O_RDWR)  # gets the lowest free descriptor
            if null != number:
                os.close(null)


class ForgivingStream:
    """A text stream that ignores failed writes."""

    def __init__(self, stream: TextIO):
        self._stream = stream

    def write(self, text: str) -> int:
        """Write text; errors are ignored."""
        with contextlib.suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        """Flush; errors are ignored."""
        with contextlib.suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def discard_output() -> None:
    """Redirect standard output to the null device, so that Python does not retry the buffered rest at exit."""
    with contextlib.suppress(OSError, ValueError):
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)
        sys.stdout.flush()
