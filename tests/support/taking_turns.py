"""A test that measures how fast something is runs while no other does, though several processes share the tests.

Two files are locked: `turn`, by all tests that run, alone by a quiet one; and `gate`, which a quiet one shuts from the
moment it waits, so that no other test begins before it.
"""

import contextlib
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None


@contextlib.contextmanager
def taking_turns(folder: Path, quiet: bool):
    """Wait for one's turn in this folder, which all processes share, and hold it. Without `fcntl` nobody waits."""
    if fcntl is None:
        yield
        return
    folder.mkdir(parents=True, exist_ok=True)
    how = fcntl.LOCK_EX if quiet else fcntl.LOCK_SH
    with (folder / "gate").open("w") as gate, (folder / "turn").open("w") as turn:
        fcntl.flock(gate, how)
        fcntl.flock(turn, how)
        if not quiet:
            fcntl.flock(gate, fcntl.LOCK_UN)
        yield
