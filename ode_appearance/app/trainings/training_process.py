"""A training in a process of its own: it can be stopped, and halted while somebody waits for a solve."""

import contextlib
import os
import subprocess
import sys
from typing import Any

import psutil

from ...runtime.folders import PACKAGE
from .run_records import LOG, Run

START = "start"
"""In a run's folder, the material that it starts from where that may change or be deleted meanwhile."""
PATIENCE = 90.0
"""Seconds that a process has to save and end: it may be in the middle of compiling."""
MOMENT = 2.0
"""Seconds that it has where nothing of it is kept, for files that are being written."""


class TrainingProcess:
    """The process that trains a run, from its start to its end."""

    def __init__(self, run: Run):
        order, config = run.order, run.config
        command = [sys.executable, "-m", "ode_appearance", "train", str(run.folder / order.exemplar), "--kind", config.kind]
        command += ["--out", str(run.folder), "--resume", "--stop-at-eof", f"--name={order.name}"]
        for option in ("credit", "license"):
            if getattr(order, option):
                command += [f"--{option}={getattr(order, option)}"]
        if order.init_from:
            start = run.folder / START
            command += [f"--init-from={start if start.is_dir() else order.init_from}"]
        # On a GPU the app and the training share its memory; on a CPU, the app goes first.
        environment = {**os.environ, "PYTHONPATH": str(PACKAGE.parent), "XLA_PYTHON_CLIENT_PREALLOCATE": "false"}
        environment["PYTHONUNBUFFERED"] = "1"
        self.run, self.stopping, self._halted = run, False, False
        # Not of the terminal's group, whose ctrl-C is for the app. Of the app's session all the same: where the app is killed,
        # a halted process is then woken, to end.
        group: dict[str, Any] = {"process_group": 0} if os.name == "posix" else {}
        with (run.folder / LOG).open("ab") as log:
            # When this app ends, however it does, the process's standard input does too, and it saves itself and stops.
            self._process = subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=log, stderr=log, **group)
        with contextlib.suppress(psutil.Error):
            psutil.Process(self._process.pid).nice(psutil.BELOW_NORMAL_PRIORITY_CLASS if psutil.WINDOWS else 10)

    @property
    def returncode(self) -> int | None:
        """None while it runs."""
        return self._process.poll()

    def halt(self, halted: bool) -> None:
        """Let it stand still for a while, or go on."""
        if halted != self._halted and self.returncode is None:
            self._halted = halted
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(self._process.pid)
                process.suspend() if halted else process.resume()

    def stop(self) -> None:
        """Ask it to save and end, by ending its standard input; once is enough."""
        self.halt(False)
        self.stopping = True
        with contextlib.suppress(OSError):
            self._process.stdin.close()

    def close(self, patience: float = PATIENCE) -> None:
        """Stop it, wait for it, and end it by force where it takes longer, in seconds."""
        self.stop()
        try:
            self._process.wait(patience)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
