"""Memory and CPU limits of this process's Linux control groups (cgroups), which containers use.

Versions 1 and 2 are supported.

Source: Linux kernel documentation, "Control Group v2", "CFS Bandwidth Control" and "Memory Resource Controller".
"""

from collections.abc import Iterator
from pathlib import Path

_ROOT = Path("/sys/fs/cgroup")
_MEMBERSHIP = Path("/proc/self/cgroup")
_MEMORY = (
    ("memory.max", "memory.current", ""),
    ("memory.high", "memory.current", ""),
    ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_"),
)
"""(limit file, usage file, prefix in `memory.stat` of the counters that include child groups)."""


def memory_available() -> int | None:
    """Bytes left below the tightest memory limit, or None without any.

    Without a limit, version 1 reports a huge one: the result then exceeds the machine's memory.
    """
    left = (_left(group, *limit) for group in _groups("memory") for limit in _MEMORY)
    return min((size for size in left if size is not None), default=None)


def cpu_quota() -> float | None:
    """The tightest CPU quota in cores, or None without any."""
    return min((quota for group in _groups("cpu") if (quota := _quota(group)) is not None), default=None)


def _groups(controller: str) -> Iterator[Path]:
    """Folders of this process's groups, innermost first.

    A container may see its path on the host, or "/", and often only its own folder exists.
    """
    try:
        lines = _MEMBERSHIP.read_text(errors="replace").splitlines()
    except OSError:  # no Linux
        return
    for _, controllers, path in (line.split(":", 2) for line in lines):
        if controllers and controller not in controllers.split(","):
            continue
        root = _ROOT / controller if controllers else _ROOT  # version 2 has one tree for all
        group = root / path.lstrip("/")
        yield from (folder for folder in (group, *group.parents) if folder.is_relative_to(root))


def _left(group: Path, limit: str, usage: str, prefix: str) -> int | None:
    try:
        max_bytes, used = (int((group / name).read_text()) for name in (limit, usage))  # ValueError for "max": no limit
        statistics = dict(line.split() for line in (group / "memory.stat").read_text().splitlines())
        page_cache = sum(int(statistics[f"{prefix}{name}_file"]) for name in ("active", "inactive"))  # reclaimable
        return max(0, max_bytes - used + page_cache)
    except (OSError, ValueError, KeyError):
        return None


def _quota(group: Path) -> float | None:
    """CPU time per period over the period, both in microseconds."""
    for names in (["cpu.max"], ["cpu.cfs_quota_us", "cpu.cfs_period_us"]):
        try:
            quota, period = map(int, " ".join((group / name).read_text() for name in names).split())
        except (OSError, ValueError):  # the other version, or "max": no quota
            continue
        return quota / period if quota > 0 and period > 0 else None  # -1 in version 1: no quota
    return None
