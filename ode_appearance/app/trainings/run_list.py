"""The list of trainings, for those who ask often: an order is read again only where its file has changed."""

import threading
from pathlib import Path

from .run_records import ORDER, Order, Run, read_runs


class RunList:
    """The trainings below a folder. Safe between threads."""

    def __init__(self, root: Path):
        self.root = root
        self._known: dict[Path, tuple[tuple[int, int, int], Order]] = {}
        self._lock = threading.Lock()

    def read(self) -> list[tuple[Run, Order]]:
        """What `read_runs` gives."""
        with self._lock:
            runs = read_runs(self.root, self._order)
            there = {run.folder for run, _ in runs}
            self._known = {folder: known for folder, known in self._known.items() if folder in there}
            return runs

    def _order(self, run):
        try:
            status = (run.folder / ORDER).stat()
        except OSError:
            return run.order  # which says what is wrong
        # It is replaced by another file when it changes, so two changes within a tick of the clock are told apart, too.
        seen = status.st_mtime_ns, status.st_ino, status.st_size
        known = self._known.get(run.folder)
        if known is None or known[0] != seen:
            known = self._known[run.folder] = seen, run.order
        return known[1]
