"""Processes of their own, for what can only be measured in a fresh one."""

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from ode_appearance.errors import AppearanceError

ROOT = Path(__file__).parents[1]
_PATIENCE = 900.0
"""Seconds after which a process is given up."""
_POLL_SECONDS = 0.02


def run_python(code: str) -> str:
    """What a Python process that runs this prints; raises AppearanceError where it fails."""
    done = subprocess.run([sys.executable, "-c", code], env=_environment(), capture_output=True, text=True, timeout=_PATIENCE)
    if done.returncode:
        raise AppearanceError(f"A process that was to be measured failed: {done.stderr.strip()[-300:]}")
    return done.stdout


@contextlib.contextmanager
def server(*arguments: str) -> Iterator[tuple[str, float]]:
    """Run `python *arguments`, which serves on GRADIO_SERVER_PORT, and end it afterwards.

    Gives its address and the seconds from its start until it answered; raises AppearanceError where it does not.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address, began = f"http://127.0.0.1:{port}", time.perf_counter()
    environment = _environment() | {"GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with contextlib.ExitStack() as ending:
        # A folder of runs of its own: an app that is running has the usual one.
        environment["ODE_APPEARANCE_RUNS"] = ending.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
        command = [sys.executable, *arguments]
        process = ending.enter_context(subprocess.Popen(command, cwd=ROOT, env=environment, **quiet))
        try:
            while not _answers(address):
                if process.poll() is not None or time.perf_counter() - began > _PATIENCE:
                    raise AppearanceError(f"python {arguments[0]} does not serve.")
                time.sleep(_POLL_SECONDS)
            yield address, time.perf_counter() - began
        finally:
            process.terminate()


def _answers(address):
    try:
        with urllib.request.urlopen(address, timeout=60) as answer:
            return answer.status == 200
    except OSError:
        return False


def _environment():
    return os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])}
