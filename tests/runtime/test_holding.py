"""Who writes into a run, or looks after a folder of runs: one process at a time, and nobody who is dead."""

import contextlib
import os
import subprocess
import sys
import time
from pathlib import Path

import filelock
import pytest
from little_trainings import CONFIG, ROOT, environment, little_runs

from ode_appearance.app.trainings.supervisor import Trainings
from ode_appearance.cli.main import main
from ode_appearance.errors import TrainingError
from ode_appearance.executors.local import sequential
from ode_appearance.executors.plan import Plan
from ode_appearance.runtime.folder_lock import HOLDER, LOCK, hold
from ode_appearance.training.job import perform
from ode_appearance.training.run_dir.folder import STATE, hold_run
from ode_appearance.training.trainer import train

HOLDING = (
    "import sys, time; from pathlib import Path; from ode_appearance.runtime.folder_lock import hold\n"
    "held = hold(Path(sys.argv[1]), str); print('held', flush=True); time.sleep(float(sys.argv[2]))"
)


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return little_runs(tmp_path_factory.mktemp("runs"))


@contextlib.contextmanager
def another_process(folder: Path, seconds: float = 600):
    """A process that holds a folder."""
    command = [sys.executable, "-c", HOLDING, str(folder), str(seconds)]
    with subprocess.Popen(command, cwd=ROOT, env=environment(), stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def refuse(holder):
    return f"held by {holder}"


def test_a_folder_is_held_by_one(tmp_path):
    first = hold(tmp_path / "runs", refuse)
    with pytest.raises(TrainingError, match=rf"^held by this process \({os.getpid()}\)$"):
        hold(tmp_path / "runs", refuse)
    first.close()
    first.close()
    hold(tmp_path / "runs", refuse).close()
    assert [path.name for path in (tmp_path / "runs").iterdir()] == [LOCK]


def test_what_a_killed_process_held_is_free(tmp_path):
    with another_process(tmp_path) as process:
        with pytest.raises(TrainingError, match=f"^held by process {process.pid} "):
            hold(tmp_path, refuse)
        process.kill()
        process.wait()
        assert (tmp_path / HOLDER).exists()
        hold(tmp_path, refuse).close()


def test_a_holder_that_is_about_to_end_is_waited_for(tmp_path):
    with another_process(tmp_path, 2):
        began = time.monotonic()
        hold(tmp_path, refuse, patience=60).close()
        assert time.monotonic() - began < 50


def test_a_file_system_without_locks_is_used_without(tmp_path, monkeypatch):
    def none(self, *arguments, **options):
        raise NotImplementedError("FileSystem does not appear to support flock")

    monkeypatch.setattr(filelock.FileLock, "acquire", none)
    hold(tmp_path, refuse).close()


def test_two_trainings_into_one_run(runs, tmp_path, capsys):
    folder = tmp_path / "run"
    going = perform(runs.task, folder, resume=False)
    next(going)
    before = (folder / STATE).read_bytes()
    with pytest.raises(TrainingError, match=r"run is being trained into by this process .*: wait until that has ended"):
        list(perform(runs.task, folder, resume=True))
    with pytest.raises(TrainingError, match="is being trained into by"):
        train(runs.task.exemplar, CONFIG, out=folder, resume=True)
    for together in (1, 2):
        (outcome,) = sequential.run([Plan("moss", folder, lambda: runs.task)], lambda: False, together)
        assert outcome.status.startswith("failed:") and "is being trained into by" in outcome.status
    assert (folder / STATE).read_bytes() == before
    assert [progress.iteration for progress in going] == [2, 3, 4]
    hold_run(folder).close()


def test_the_command_line_names_the_process_that_has_the_run(runs, tmp_path, capsys):
    command = ["train", str(runs.dataset / "RGB_dynamic_textures" / "moss.gif"), "--kind", "rgb", "--out", str(tmp_path)]
    command += "--features patch --state-size 32 --exemplar-size 32 --iterations 1 --evaluate-every 0".split()
    with another_process(tmp_path) as process:
        assert main(command) == 1
        assert f"is being trained into by process {process.pid} (since " in capsys.readouterr().err
    assert not (tmp_path / STATE).exists()


def test_two_apps_on_one_folder_of_runs(tmp_path):
    first = Trainings(tmp_path, busy=lambda: False)
    try:
        with pytest.raises(TrainingError, match=r"looked after by another app, this process .* ODE_APPEARANCE_RUNS"):
            Trainings(tmp_path, busy=lambda: False)
    finally:
        first.close()
    Trainings(tmp_path, busy=lambda: False).close()


def test_a_second_app_ends_with_a_sentence(tmp_path):
    settings = environment(ODE_APPEARANCE_RUNS=str(tmp_path), GRADIO_SERVER_PORT="1")
    with another_process(tmp_path) as process:
        done = subprocess.run([sys.executable, "app.py"], cwd=ROOT, env=settings, capture_output=True, text=True, timeout=240)
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert done.stderr.strip().splitlines()[-1] == (
        f"The trainings in {tmp_path} are looked after by another app, process {process.pid} "
        f"(since {done.stderr.partition('(since ')[2][:16]}): end that one, or set ODE_APPEARANCE_RUNS to another folder."
    )
