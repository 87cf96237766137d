"""Folder locks: one process at a time trains a run or supervises a folder of runs; locks of dead processes are free."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import filelock
import pytest
from little_trainings import CONFIG, ROOT, environment, little_runs
from raising import raises

from ode_appearance.app.trainings.supervisor import Trainings
from ode_appearance.cli.main import main
from ode_appearance.errors import TrainingError
from ode_appearance.executors.local import sequential
from ode_appearance.executors.plan import TrainingPlan
from ode_appearance.runtime.folder_lock import HOLDER, LOCK, lock_folder
from ode_appearance.training.job import perform
from ode_appearance.training.run_dir.folder import STATE, hold_run
from ode_appearance.training.trainer import train

HOLDING = (
    "import sys, time; from pathlib import Path; from ode_appearance.runtime.folder_lock import lock_folder\n"
    "held = lock_folder(Path(sys.argv[1]), str); print('held', flush=True); time.sleep(float(sys.argv[2]))"
)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return little_runs(tmp_path_factory.mktemp("runs"))


@contextlib.contextmanager
def locking_process(folder: Path, seconds: float = 600):
    """A process that locks a folder."""
    command = [sys.executable, "-c", HOLDING, str(folder), str(seconds)]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def locked_by(holder):
    return f"held by {holder}"


def test_folder_has_one_holder(tmp_path):
    first = lock_folder(tmp_path / "runs", locked_by)
    with raises(TrainingError, code="locked") as caught:
        lock_folder(tmp_path / "runs", locked_by)
    assert str(caught.value) == f"held by this process ({os.getpid()})"
    first.close()
    first.close()
    lock_folder(tmp_path / "runs", locked_by).close()
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [LOCK]


def test_lock_of_a_killed_process_is_free(tmp_path):
    with locking_process(tmp_path) as process:
        with raises(TrainingError, code="locked") as caught:
            lock_folder(tmp_path, locked_by)
        assert str(caught.value).startswith(f"held by process {process.pid} ")
        process.kill()
        process.wait()
        assert (tmp_path / HOLDER).exists()
        lock_folder(tmp_path, locked_by).close()


def test_timeout_waits_for_the_holder(tmp_path):
    with locking_process(tmp_path, 2):
        began = time.monotonic()
        lock_folder(tmp_path, locked_by, timeout=60).close()
        assert time.monotonic() - began < 50


def test_file_system_without_locks(tmp_path, monkeypatch):
    def none(self, *arguments, **options):
        raise NotImplementedError("FileSystem does not appear to support flock")

    monkeypatch.setattr(filelock.FileLock, "acquire", none)
    lock_folder(tmp_path, locked_by).close()


def test_two_trainings_into_one_run(runs, tmp_path, capsys):
    folder = tmp_path / "run"
    going = perform(runs.task, folder, resume=False)
    next(going)
    before = (folder / STATE).read_bytes()
    with raises(TrainingError, code="locked"):
        list(perform(runs.task, folder, resume=True))
    with raises(TrainingError, code="locked"):
        train(runs.task.exemplar, CONFIG, out=folder, resume=True)
    for together in (1, 2):
        (outcome,) = sequential.run([TrainingPlan("moss", folder, lambda: runs.task)], lambda: False, together)
        assert outcome.status.startswith("failed:") and f"this process ({os.getpid()})" in outcome.status
    assert (folder / STATE).read_bytes() == before
    assert [progress.iteration for progress in going] == [2, 3, 4]
    hold_run(folder).close()


def test_cli_names_the_process_that_trains_the_run(runs, tmp_path, capsys):
    command = ["train", str(runs.dataset / "RGB_dynamic_textures" / "moss.gif"), "--kind", "rgb", "--out", str(tmp_path)]
    command += "--features patch --state-size 32 --exemplar-size 32 --iterations 1 --evaluate-every 0".split()
    with locking_process(tmp_path) as process:
        assert main(command) == 1
        assert f"process {process.pid} (since " in capsys.readouterr().err
    assert not (tmp_path / STATE).exists()


def test_two_apps_on_one_folder_of_runs(tmp_path):
    first = Trainings(tmp_path, busy=lambda: False)
    try:
        with raises(TrainingError, code="locked"):
            Trainings(tmp_path, busy=lambda: False)
    finally:
        first.close()
    Trainings(tmp_path, busy=lambda: False).close()


def test_second_app_exits_with_a_message(tmp_path):
    settings = environment(ODE_APPEARANCE_RUNS=str(tmp_path), GRADIO_SERVER_PORT="1")
    with locking_process(tmp_path) as process:
        done = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=settings, capture_output=True, text=True, timeout=240)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    message = done.stderr.strip().splitlines()[-1]
    assert all(part in message for part in (str(tmp_path), f"process {process.pid} (since ", "ODE_APPEARANCE_RUNS"))
