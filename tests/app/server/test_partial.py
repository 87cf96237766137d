"""Folders of trainings that an app was making or deleting when it was killed."""

import signal
import subprocess
import sys

import pytest
from running_app import ROOT

from ode_appearance.app.storage import atomic_dir
from ode_appearance.app.train_form.form_fields import examples
from ode_appearance.app.trainings.run_records import Order, new_run, read_runs
from ode_appearance.app.trainings.supervisor import Trainings
from ode_appearance.runtime.folder_lock import LOCK
from ode_appearance.training.train_config import preset

LICHEN = examples()["lichen_spreading"][0]
KILLED = """
import os, pathlib, signal, sys
from ode_appearance.app.trainings import run_records as runs
from ode_appearance.training.train_config import preset
runs.write_request = lambda *_: os.kill(os.getpid(), signal.SIGKILL)  # the exemplar is there, and nothing else
runs.new_run(pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), preset("quick"), runs.Order("me", "spots"))
"""


def start_and_end(root):
    Trainings(root, busy=lambda: False).close()


def test_what_was_being_copied_when_the_app_was_killed_is_deleted_when_the_next_one_starts(tmp_path):
    root = tmp_path / "runs"
    whole = new_run(root, LICHEN, preset("quick"), Order("me", "others", wanted="pause"))
    (root / "somebody_elses").mkdir()
    done = subprocess.run([sys.executable, "-c", KILLED, str(root), str(LICHEN)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert len(list(root.rglob("exemplar.*"))) == 2, "it was being copied"
    assert [run for run, _ in read_runs(root)] == [whole]
    start_and_end(root)
    assert {path.name for path in root.iterdir()} == {whole.key, "somebody_elses", LOCK}
    assert read_runs(root)[0][0] == whole and (whole.folder / read_runs(root)[0][1].exemplar).exists()


def test_what_was_being_deleted_when_the_app_was_killed_is_deleted_when_the_next_one_starts(tmp_path, monkeypatch):
    run = new_run(tmp_path, LICHEN, preset("quick"), Order("me", "spots", wanted="pause"))
    with monkeypatch.context() as patched:
        patched.setattr(atomic_dir.shutil, "rmtree", lambda *_, **__: None)
        trainings = Trainings(tmp_path, busy=lambda: False)
        trainings.delete(run)
        trainings.close()
    assert list(tmp_path.rglob("exemplar.*")) and read_runs(tmp_path) == []
    start_and_end(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [LOCK]


def test_what_cannot_be_made_leaves_nothing(tmp_path):
    with pytest.raises(ZeroDivisionError), atomic_dir.appearing(tmp_path / "runs" / "spots") as place:
        (place / "exemplar.gif").write_bytes(b"GIF")
        raise ZeroDivisionError
    assert list((tmp_path / "runs").iterdir()) == []
