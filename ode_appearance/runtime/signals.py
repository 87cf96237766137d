"""Ctrl-C, and its likes: a run that is asked to end saves itself first."""

import os
import signal
import sys
import threading


class Interruption:
    """Becomes true at Ctrl-C, SIGTERM or SIGHUP, so that a run ends after its iteration, saved; a second one ends it at once.

    With `at_eof` also where the standard input ends.
    """

    def __init__(self, at_eof: bool = False):
        self.seen = False
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._note)
        if at_eof:  # whoever started this process is gone
            threading.Thread(target=self._read_to_the_end, daemon=True).start()

    def _read_to_the_end(self):
        # Not through Python's buffer, which would be locked when the process ends.
        while os.read(sys.stdin.fileno(), 1):
            pass
        self.seen = True

    def _note(self, number, frame):
        if self.seen:
            raise KeyboardInterrupt
        self.seen = True

    def __call__(self) -> bool:
        return self.seen
