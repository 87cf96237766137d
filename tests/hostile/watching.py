"""What a piece of code opens, runs, takes and how long it works while it is watched."""

import contextlib
import faulthandler
import os
import signal
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from ode_appearance.runtime.malloc import give_memory_back

# Programs, connections, code of others: nothing of that belongs to reading a file.
FORBIDDEN = (
    "os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "subprocess.", "socket.", "pickle.", "ctypes.", "marshal.",
    "import", "exec", "os.remove", "os.rename", "os.rmdir", "os.mkdir", "os.link", "os.symlink", "os.chmod", "os.chown",
    "os.truncate", "os.utime", "os.putenv", "shutil.", "tempfile.", "webbrowser.", "urllib.",
)  # fmt: skip
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Watch:
    """What was seen: `read` and `written` files, and all else that should not have been, in words."""

    def __init__(self):
        self.read: set[Path] = set()
        self.written: set[Path] = set()
        self.strange: list[str] = []
        self.thread = threading.get_ident()

    def note(self, event: str, arguments: tuple) -> None:
        if threading.get_ident() != self.thread:
            return
        if event == "open":
            path, _, flags = arguments
            if not isinstance(path, int):
                (self.written if (flags or 0) & _WRITING else self.read).add(Path(os.path.realpath(os.fsdecode(path))))
        elif event.startswith(FORBIDDEN) and not (event == "exec" and _of_the_shape_checks(sys._getframe(2))):
            self.strange.append(f"{event} {arguments!r}"[:300])


def _of_the_shape_checks(frame):
    """They are on in tests, and write the functions that check."""
    return any(f"/{package}/" in frame.f_code.co_filename for package in ("jaxtyping", "beartype"))


_watches: list[Watch] = []


def _hook(event, arguments):
    for watch in _watches:
        watch.note(event, arguments)


sys.addaudithook(_hook)  # for good: an audit hook cannot be taken away


@contextlib.contextmanager
def watched() -> Iterator[Watch]:
    """Note what this thread does."""
    watch = Watch()
    _watches.append(watch)
    try:
        yield watch
    finally:
        _watches.remove(watch)


@contextlib.contextmanager
def bounded(seconds: float, megabytes: int) -> Iterator[None]:
    """Fail where this process works longer, or holds so much more memory at its peak; what could hang is interrupted.

    Elsewhere than on Linux only the time is bounded, and a hang ends the process, with the stack.
    """
    if not Path("/proc/self/clear_refs").exists():
        faulthandler.dump_traceback_later(20 * seconds, exit=True, file=sys.__stderr__)
        began = time.process_time()
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()
        assert time.process_time() - began < seconds
        return

    def hang(*_):
        raise AssertionError("it hangs")

    import resource  # only POSIX has it, and only Linux what follows

    before = signal.signal(signal.SIGALRM, hang)
    limits = resource.getrlimit(resource.RLIMIT_AS)
    give_memory_back()  # what is held and free would hide what is taken
    Path("/proc/self/clear_refs").write_text("5")  # the peak is that of now
    held, mapped, began = _status("VmRSS"), _status("VmSize"), time.process_time()
    signal.setitimer(signal.ITIMER_REAL, 20 * seconds)
    resource.setrlimit(resource.RLIMIT_AS, ((mapped + (8 * megabytes << 10)) << 10, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, limits)
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
    spent, peak = time.process_time() - began, _status("VmHWM") - held
    assert spent < seconds, f"{spent:.1f} s"
    assert peak < megabytes << 10, f"{peak >> 10} MB"


def _status(name):
    """Kilobytes of a line of /proc/self/status."""
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(f"{name}:"))
