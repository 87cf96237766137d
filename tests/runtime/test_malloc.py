"""glibc's allocator, in separate processes: freed memory is kept for reuse, and returned on request."""

import subprocess
import sys

import pytest

from ode_appearance.runtime.malloc import give_memory_back, keep_freed_memory

PROGRAM = """
import resource
import numpy as np
from pathlib import Path
from ode_appearance.runtime.malloc import give_memory_back, keep_freed_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

def faults():
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt

KEEP
np.ones(8_000_000)
before = faults()
for _ in range(10):
    np.ones(8_000_000)  # 64 MB
print(faults() - before, resident(), give_memory_back(), resident())
"""


def run(keep):
    program = PROGRAM.replace("KEEP", keep)
    answer = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    faults, kept, _, left = answer.split()
    return int(faults), int(kept), int(left)


@pytest.mark.skipif(sys.platform != "linux", reason="glibc is Linux's")
def test_freed_memory_is_reused_and_returned():
    faults, kept, left = run("keep_freed_memory()")
    assert faults < 1000 and left < kept - 60e6
    by_itself, _, _ = run("")
    assert by_itself > 10 * faults


def test_no_effect_without_glibc(monkeypatch):
    monkeypatch.setattr("ode_appearance.runtime.malloc._library", lambda: None)
    keep_freed_memory()
    give_memory_back()
