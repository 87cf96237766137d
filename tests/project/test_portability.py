"""On Windows and macOS: nothing is imported that is not there, and what stands in for it works. Simulated on this machine."""

import ast
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from benchmarks import peak_memory

ROOT = Path(__file__).parents[2]
POSIX_MODULES = ("fcntl", "resource", "termios", "tty", "pty", "pwd", "grp", "syslog")

WITHOUT_POSIX = f"""
import contextlib, importlib, os, pkgutil, signal, sys

import ode_appearance


def import_all():
    # video_worker is a program of its own
    found = pkgutil.walk_packages(ode_appearance.__path__, "ode_appearance.")
    return [importlib.import_module(name) for _, name, _ in found if not name.endswith(("__main__", "video_worker"))]


import_all()  # with all that other packages take of this system
for name in [name for name in sys.modules if name.partition(".")[0] == "ode_appearance"]:
    del sys.modules[name]
for name in {POSIX_MODULES!r}:
    sys.modules[name] = None
# Not the flags of os.open: shutil.rmtree, which chose its way when it was imported, needs them.
for name in ("fork", "forkpty", "killpg", "getpgid", "setsid", "sched_getaffinity", "sched_setaffinity", "setpriority",
             "getpriority", "nice", "statvfs", "mkfifo", "getuid", "geteuid", "getloadavg", "fchmod", "chown", "uname"):
    with contextlib.suppress(AttributeError):
        delattr(os, name)
for name in ("SIGKILL", "SIGSTOP", "SIGCONT", "SIGHUP", "SIGALRM", "SIGPIPE", "SIGUSR1", "alarm", "setitimer"):
    with contextlib.suppress(AttributeError):
        delattr(signal, name)

import ode_appearance

modules = import_all()
assert len(modules) > 100, len(modules)

from ode_appearance.runtime import device; from ode_appearance.runtime import streams
from ode_appearance.runtime.signals import Interruption
from ode_appearance.app.storage import scratch

assert device._cores() == os.cpu_count()
assert not Interruption()()
streams.prepare()
folder = scratch.scratch_folder()
assert folder.is_dir()
scratch._clear_abandoned(folder.parent)
assert folder.is_dir(), "whose process is gone is not known, so nothing is deleted"
sys.path.insert(0, sys.argv[1])
from taking_turns import taking_turns

with taking_turns(folder, quiet=True):
    pass
print("imported", len(modules))
"""


def test_all_modules_without_what_only_posix_has(tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path)}
    command = [sys.executable, "-c", WITHOUT_POSIX, str(ROOT / "tests" / "support")]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.startswith("imported")
    assert not list(tmp_path.glob("ode-appearance-app-*")), "the scratch folder goes with its process"


def test_a_training_is_halted_woken_and_ended_by_what_each_system_has():
    from ode_appearance.app.trainings.training_process import TrainingProcess

    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], stdin=subprocess.PIPE) as process:
        training = TrainingProcess.__new__(TrainingProcess)
        training._process, training._halted, training.stopping = process, False, False
        try:
            for halted in (True, False):
                training.halt(halted)
                deadline = time.monotonic() + 10
                while (psutil.Process(process.pid).status() == psutil.STATUS_STOPPED) != halted:
                    assert time.monotonic() < deadline
                    time.sleep(0.01)
            training.halt(True)
            training.close(patience=0.2)  # woken, asked to end, and ended by force
            assert training.returncode is not None
            training.halt(True)
        finally:
            process.kill()


def test_the_peak_of_memory_where_there_is_no_resource_module(monkeypatch):
    assert 10 << 20 < peak_memory._peak_of_process() < 1 << 40
    monkeypatch.setitem(sys.modules, "resource", None)

    class Process:
        def memory_info(self):
            return type("Info", (), {"peak_wset": 123})

    monkeypatch.setattr(peak_memory.psutil, "Process", Process)
    assert peak_memory._peak_of_process() == 123


@pytest.mark.parametrize("name", ["conftest.py", "test_*.py", "*.py"])
def test_test_files_can_be_read_everywhere(name):
    """What only POSIX has is imported where it is used, or in a `try`."""
    paths = list((ROOT / "tests").rglob(name))
    assert paths
    for path in paths:
        for node in ast.parse(path.read_text("utf-8")).body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom):
                names = [node.module]
            assert not {*POSIX_MODULES} & {*names}, path
