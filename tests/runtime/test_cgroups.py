"""Memory and CPU limits of a container, in both versions of Linux's control groups."""

import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from ode_appearance.runtime import cgroups, memory_budget

UNIFIED = {
    "memory.max": "1000000",
    "memory.current": "700000",
    "memory.stat": "anon 1\nactive_file 20000\ninactive_file 30000\n",
}
SEPARATE = {
    "memory.limit_in_bytes": "1000000",
    "memory.usage_in_bytes": "700000",
    "memory.stat": "cache 1\nactive_file 1\ntotal_active_file 20000\ntotal_inactive_file 30000\n",
}


@pytest.fixture
def groups(tmp_path, monkeypatch):
    """Function that writes a fake /proc/self/cgroup and the files of a group."""
    monkeypatch.setattr(cgroups, "_ROOT", tmp_path / "cgroup")
    monkeypatch.setattr(cgroups, "_MEMBERSHIP", tmp_path / "mine")

    def write(mine, folder, files):
        (tmp_path / "mine").write_text(mine)
        (tmp_path / "cgroup" / folder).mkdir(parents=True, exist_ok=True)
        for name, text in files.items():
            (tmp_path / "cgroup" / folder / name).write_text(text)

    return write


@pytest.mark.parametrize(
    "mine, folder, files",
    [
        ("0::/\n", ".", UNIFIED),
        ("0::/user.slice/job\n", "user.slice/job", UNIFIED),
        ("0::/user.slice/job\n", "user.slice", UNIFIED),
        ("0::/job\n", "job", UNIFIED | {"memory.max": "max", "memory.high": "1000000"}),
        ("4:cpu,memory:/docker/1\n0::/\n", "memory", SEPARATE),
        ("4:memory:/slurm/job_1\n", "memory/slurm/job_1", SEPARATE),
    ],
)
def test_memory_below_the_limit_is_free(mine, folder, files, groups):
    groups(mine, folder, files)
    assert cgroups.memory_available() == 350000 == memory_budget.free_host_bytes()


def test_tightest_limit_wins(groups):
    groups("0::/a/b\n", "a", UNIFIED | {"memory.max": "900000"})
    groups("0::/a/b\n", "a/b", UNIFIED)
    assert cgroups.memory_available() == 250000


@pytest.mark.parametrize("files", [{}, UNIFIED | {"memory.max": "max"}, UNIFIED | {"memory.stat": "?"}, {"memory.max": "1000"}])
def test_without_limit_the_machines_memory_is_free(files, groups):
    groups("0::/\n", ".", files)
    assert cgroups.memory_available() is None
    free = psutil.virtual_memory().available
    assert free / 2 < memory_budget.free_host_bytes() < free * 2


def test_usage_above_the_limit_leaves_nothing(groups):
    groups("0::/\n", ".", UNIFIED | {"memory.current": "2000000"})
    assert memory_budget.free_host_bytes() == 0


@pytest.mark.parametrize(
    "folder, files, cores",
    [
        (".", {"cpu.max": "150000 100000\n"}, 1.5),
        (".", {"cpu.max": "max 100000\n"}, None),
        (".", {"cpu.max": "nonsense"}, None),
        ("cpu", {"cpu.cfs_quota_us": "50000\n", "cpu.cfs_period_us": "100000\n"}, 0.5),
        ("cpu", {"cpu.cfs_quota_us": "-1\n", "cpu.cfs_period_us": "100000\n"}, None),
        (".", {}, None),
    ],
)
def test_cpu_quota(folder, files, cores, groups):
    groups("3:cpu,cpuacct:/docker/1\n0::/\n", folder, files)
    assert cgroups.cpu_quota() == cores


def test_without_linux(tmp_path, monkeypatch):
    monkeypatch.setattr(cgroups, "_MEMBERSHIP", tmp_path / "none")
    assert cgroups.memory_available() is cgroups.cpu_quota() is None


def test_real_group_of_this_machine():
    """A process in a group of 900 MB has less than that free."""
    group = Path("/sys/fs/cgroup/memory/ode_appearance_test")
    code = "import sys; from ode_appearance.runtime.memory_budget import free_host_bytes as free; "
    code += "sys.stdin.readline(); print(free())"
    process = None
    try:
        try:
            group.mkdir()
            (group / "memory.limit_in_bytes").write_text("900000000")
            process = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            (group / "cgroup.procs").write_text(str(process.pid))
        except OSError:
            pytest.skip("no group can be made here")
        if f":/{group.name}\n" not in Path(f"/proc/{process.pid}/cgroup").read_text():
            pytest.skip("groups have other names here than their folders")
        assert 1e8 < int(process.communicate("\n", timeout=120)[0]) < 9e8
    finally:
        if process is not None:
            process.kill()
            process.communicate()
        _remove(group)


def _remove(group):
    for _ in range(50):  # the kernel removes an ended process from its group with a delay
        try:
            group.rmdir()
        except FileNotFoundError:
            return
        except OSError:
            time.sleep(0.1)
