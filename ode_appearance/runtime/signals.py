"""Interruption by Ctrl-C and similar signals: a run saves itself before it ends."""

import os
import signal
import sys
import threading


class Interruption:
    """True after Ctrl-C, SIGTERM or SIGHUP: a run then ends after its current iteration, saved. A second signal ends it at
    once.

    Args:
        at_eof: Also become true at the end of standard input, which means that the parent process is gone.
    """

    def __init__(self, at_eof: bool = False):
        self.seen = False
        for name in ("SIGINT", "SIGTERM", "SIGHUP"):
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._note)
        if at_eof:
            threading.Thread(target=self._read_to_the_end, daemon=True).start()

    def _read_to_the_end(self):
        # `os.read`, because Python's buffered reader would hold its lock at exit.
        while os.read(sys.stdin.fileno(), 1):
            pass
        self.seen = True

    def _note(self, number, frame):
        if self.seen:
            raise KeyboardInterrupt
        self.seen = True

    def __call__(self) -> bool:
        return self.seen
