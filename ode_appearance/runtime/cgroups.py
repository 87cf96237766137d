"""What Linux's control groups leave to this process of a machine's memory and cores: a container is one of them.

Both versions are read, as the kernel documents them (Control Group v2; CPU bandwidth control and Memory Resource Controller).
"""

from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_MINE = Path("/proc/self/cgroup")
_MEMORY = (
    ("memory.max", "memory.current", ""),
    ("memory.high", "memory.current", ""),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_"),
)
"""Files of a limit and of the usage, and how the names of what the group and those below it use begin in `memory.stat`."""


def memory_left() -> int | None:
    """Bytes that the tightest limit leaves, more than there are for the first version's lack of one, or None without any."""
    left = (_left(group, *limit) for group in _groups("memory") for limit in _MEMORY)
    return min((size for size in left if size is not None), default=None)


def cores() -> float | None:
    """How many cores' worth of computing the tightest quota is, or None where there is no quota."""
    return min((quota for group in _groups("cpu") if (quota := _quota(group)) is not None), default=None)


def _groups(controller: str) -> Iterator[Path]:
    """Folders of the groups that this process is in, the innermost first.

    A container is told its path on the machine, or that it is the outermost, and often sees no other folder than its own.
    """
    try:
        lines = _MINE.read_text(errors="replace").splitlines()
    except OSError:  # no Linux
        return
    for _, controllers, path in (line.split(":", 2) for line in lines):
        if controllers and controller not in controllers.split(","):
            continue
        root = _ROOT / controller if controllers else _ROOT  # the second version has one tree for all
        group = root / path.lstrip("/")
        yield from (folder for folder in (group, *group.parents) if folder.is_relative_to(root))


def _left(group: Path, limit: str, usage: str, prefix: str) -> int | None:
    try:
        most, used = (int((group / name).read_text()) for name in (limit, usage))  # no limit is "max"
        statistics = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        copies = sum(int(statistics[f"{prefix}{name}_file"]) for name in ("active", "inactive"))  # dropped where it gets tight
        return max(0, most - used + copies)
    except (OSError, ValueError, KeyError):
        return None


def _quota(group: Path) -> float | None:
    """Microseconds of computing in a period over that period."""
    for names in (["cpu.max"], ["cpu.cfs_quota_us", "cpu.cfs_period_us"]):
        try:
            quota, period = map(int, " ".join((group / name).read_text() for name in names).split())
        except (OSError, ValueError):  # the other version, or no quota, which is "max"
            continue
        return quota / period if quota > 0 and period > 0 else None  # in the first version, none is -1
    return None
