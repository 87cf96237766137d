"""A process killed at any step of the last save: resuming repairs what it left."""

import dataclasses
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from little_trainings import CONFIG, ROOT, environment, little_runs, same_weights

from ode_appearance.app.trainings.run_records import Run
from ode_appearance.checkpoints.keyframe_baking import baked
from ode_appearance.executors.local import sequential
from ode_appearance.executors.plan import TrainingPlan, TrainingResult, finished_before
from ode_appearance.runtime import atomic_io
from ode_appearance.training.job import perform
from ode_appearance.training.run_dir.folder import is_finished, material_iteration, read_progress
from ode_appearance.training.run_dir.journal import last_entry


class Killed(BaseException):
    """Stands for a kill: nothing is written afterwards, not even by cleanup."""


class Kill:
    """Lets a process replace `files` files, then kills it."""

    def __init__(self, monkeypatch, files: int):
        self.left, self.names, self._replace = files, [], os.replace
        monkeypatch.setattr(atomic_io.os, "replace", self)

    def __call__(self, source, target):
        if self.left == 0:
            raise Killed
        self.left -= 1
        self.names.append(Path(target).name)
        self._replace(source, target)


@pytest.fixture(scope="module")
def runs(tmp_path_factory, small_previews):
    return little_runs(tmp_path_factory.mktemp("runs"))


@pytest.fixture(scope="module")
def task(runs):
    """Saved at its end only."""
    return dataclasses.replace(runs.task, config=CONFIG.replace(save_every=10**6))


@pytest.fixture
def halfway(runs, tmp_path):
    return Path(shutil.copytree(runs.halfway, tmp_path / "run"))


def names_of_the_last_save(task, halfway, monkeypatch):
    with monkeypatch.context() as patched:
        kill = Kill(patched, 1000)
        list(perform(task, halfway, resume=True))
    return kill.names


def test_kill_at_every_step_of_the_last_save(task, runs, halfway, tmp_path, monkeypatch):
    names = names_of_the_last_save(task, Path(shutil.copytree(halfway, tmp_path / "whole")), monkeypatch)
    at = names.index("state.eqx")
    assert {"model.eqx", "preview.webp", "README.md", "config.json", "keyframes.bin", ".lock.json"} <= set(names)
    seen = set()
    for files in range(at, len(names)):
        folder = Path(shutil.copytree(halfway, tmp_path / f"killed_after_{files}"))
        with monkeypatch.context() as patched:
            Kill(patched, files)
            with pytest.raises(Killed):
                list(perform(task, folder, resume=True))
        seen.add((read_progress(folder)["iteration"], material_iteration(folder), last_entry(folder)["status"]))
        assert is_finished(folder) == (material_iteration(folder) == 4)
        list(perform(task, folder, resume=True))
        assert is_finished(folder) and read_progress(folder)["iteration"] == material_iteration(folder) == 4
        assert same_weights(folder, runs.finished) and baked(folder / "material") is not None
        assert last_entry(folder)["status"] == "finished" and Run(folder).ended == "finished"
        shutil.rmtree(folder)
    # Unchanged; finished with the material of the first iteration; with that of the last one, not yet baked.
    assert seen == {(1, 1, "running"), (4, 1, "running"), (4, 4, "finished")}


def test_journal_of_a_finished_run_is_completed(task, runs, tmp_path):
    """The process was killed between material and journal."""
    folder = Path(shutil.copytree(runs.finished, tmp_path / "run"))
    lines = (folder / "journal.jsonl").read_text().splitlines(keepends=True)
    (folder / "journal.jsonl").write_text("".join(line for line in lines if '"finished"' not in line))
    assert Run(folder).ended is None
    assert list(perform(task, folder, resume=True)) == [] and Run(folder).ended == "finished"
    told = (folder / "journal.jsonl").read_text()
    assert list(perform(task, folder, resume=True)) == [] and (folder / "journal.jsonl").read_text().strip() == told.strip()


@pytest.mark.parametrize("together", [1, 2], ids=["alone", "stacked"])
def test_train_all_repairs_a_run_with_an_older_material(task, runs, halfway, together):
    shutil.copyfile(runs.finished / "state.eqx", halfway / "state.eqx")
    plan = TrainingPlan("moss", halfway, lambda: task)
    assert finished_before(plan) is None and material_iteration(halfway) == 1
    assert sequential.run([plan], lambda: False, together) == [TrainingResult("moss", "finished")]
    assert same_weights(halfway, runs.finished) and finished_before(plan).status == "finished"


def test_finished_run_with_an_unsolvable_material(task, runs, halfway, monkeypatch):
    from ode_appearance.errors import RequestError, TrainingError
    from ode_appearance.training import base_run

    def unsolvable(material, folder):
        raise RequestError("It cannot be solved.")

    shutil.copyfile(runs.finished / "state.eqx", halfway / "state.eqx")
    monkeypatch.setattr(base_run, "save", unsolvable)
    with pytest.raises(TrainingError):
        list(perform(task, halfway, resume=True))
    plan = TrainingPlan("moss", halfway, lambda: task)
    for together in (1, 2):
        (outcome,) = sequential.run([plan], lambda: False, together)
        assert outcome.status.startswith("failed: The run in ")


KILLED = """
import os, sys
from pathlib import Path
from ode_appearance.runtime import atomic_io as atomic
replace = os.replace
def killing(source, target):
    replace(source, target)
    if Path(target).name == "state.eqx" and b'"iteration": 4,' in Path(target).read_bytes()[:200]:
        os._exit(9)
atomic.os.replace = killing
from ode_appearance.cli.main import main
sys.exit(main(sys.argv[1:]))
"""


def test_crash_between_state_and_material(task, runs, halfway, capfd):
    """By the command line."""
    exemplar = runs.dataset / "RGB_dynamic_textures" / "moss.gif"
    command = ["train", str(exemplar), "--kind", "rgb", "--out", str(halfway), "--resume"]
    done = subprocess.run([sys.executable, "-c", KILLED, *command], cwd=ROOT, env=environment(), timeout=240)
    assert done.returncode == 9
    assert (read_progress(halfway)["iteration"], material_iteration(halfway)) == (4, 3)
    again = [sys.executable, "-m", "ode_appearance", *command]
    assert subprocess.run(again, cwd=ROOT, env=environment(), timeout=240).returncode == 0
    assert material_iteration(halfway) == 4 and same_weights(halfway, runs.finished)
    assert f"finished. The material is in {halfway / 'material'}" in capfd.readouterr().err
