"""A run that goes on: with what it began with, however little of that is said again; and what it leaves on the disk."""

import json
import shutil
import signal
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from little_trainings import LITTLE, ROOT, environment, make_dataset
from tensorboard_events import purged_steps, read_events

import ode_appearance as oa
from ode_appearance.cli.main import main
from ode_appearance.training import job as tasks
from ode_appearance.training.run_dir.folder import STATE, is_finished, read_progress, read_request

SOLVING = ["--runge-kutta", "bosh3", "--tolerance", "0.1", "--first-step", "0.5"]


@pytest.fixture(scope="module")
def exemplars(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("dataset")) / "RGB_dynamic_textures"


@pytest.fixture(scope="module")
def begun(exemplars, tmp_path_factory):
    """A run of one iteration, cut off, that said all there is to say of its exemplar."""
    folder = tmp_path_factory.mktemp("runs") / "begun"
    about = "--duration 8 --name my_moss --credit Somebody --license cc0-1.0 --real-duration years".split()
    options = ["--features", "auto", *LITTLE[2:], *SOLVING, "--iterations", "3", "--max-minutes", "0", *about]
    assert main(["train", str(exemplars / "moss.gif"), "--kind", "rgb", "--out", str(folder), *options]) == 0
    return folder


@pytest.fixture
def run(begun, tmp_path):
    return Path(shutil.copytree(begun, tmp_path / "run"))


def resume(run, exemplar, *options):
    return main(["train", str(exemplar), "--kind", "rgb", "--out", str(run), "--resume", *options])


def test_a_run_remembers_its_exemplar_and_its_features(run, exemplars):
    config, metadata = read_request(run)
    assert config.data.features != "auto" and (metadata["duration"], metadata["frames"]) == (8, 4)
    assert resume(run, exemplars / "moss.gif", "--iterations", "2") == 0
    material = oa.load(run / "material")
    assert material.config.times.duration == 8 and material.config.training["iterations"] == 2
    kept = material.config.exemplar
    assert (material.name, kept.credit, kept.license, kept.real_duration) == ("my_moss", "Somebody", "cc0-1.0", "years")
    assert material.config.training["features"].startswith(config.data.features)


@pytest.mark.parametrize(
    ("exemplar", "options", "sentence"),
    [
        ("rust.gif", [], "began with other frames or times"),
        ("moss.gif", ["--duration", "5"], "began with other frames or times"),
        ("moss.gif", ["--kind", "svbrdf"], "a run of --kind rgb, not svbrdf"),
        ("moss.gif", ["--dim", "16"], "its dim is 8, and cannot become 16"),
        ("moss.gif", ["--no-attention", "--tolerance", "0.01"], "its tolerance is"),
        ("moss.gif", ["--preset", "paper"], "its dim is 8, and cannot become 32 (of --preset paper)"),
    ],
)
def test_a_resumed_run_refuses_other_options_and_keeps_its_state(run, exemplars, capsys, exemplar, options, sentence):
    before = (run / STATE).read_bytes()
    assert resume(run, exemplars / exemplar, *options) == 1
    assert sentence in capsys.readouterr().err
    assert (run / STATE).read_bytes() == before


def test_a_resumed_run_accepts_its_own_options(run, exemplars):
    """The preset's that are another in this run are among them."""
    options = ["--preset", "quick", "--features", "auto", *LITTLE[2:], *SOLVING, "--iterations", "2", "--duration", "8"]
    assert resume(run, exemplars / "moss.gif", *options) == 0
    assert read_progress(run)["iteration"] == 2


def test_fewer_iterations_than_are_done_change_nothing(run, exemplars):
    assert resume(run, exemplars / "moss.gif", "--iterations", "1") == 0
    assert read_request(run)[0].schedule.iterations == 3 and not is_finished(run)


def test_more_iterations_are_remembered_where_they_are_cut_off(run, exemplars):
    """Even where a call in between asked for fewer."""
    assert resume(run, exemplars / "moss.gif", "--iterations", "2") == 0 and is_finished(run)
    assert resume(run, exemplars / "moss.gif", "--iterations", "4", "--max-minutes", "0") == 0
    assert read_progress(run)["iteration"] == 3 and not is_finished(run)
    assert resume(run, exemplars / "moss.gif") == 0
    assert read_progress(run)["iteration"] == 4 and is_finished(run)
    assert read_request(run)[1]["credit"] == "Somebody"


def test_a_folder_with_a_run_is_refused(run, exemplars, capsys):
    before = (run / STATE).read_bytes()
    assert main(["train", str(exemplars / "moss.gif"), "--kind", "rgb", "--out", str(run), *LITTLE]) == 1
    assert "already holds a run" in capsys.readouterr().err
    assert (run / STATE).read_bytes() == before


def test_the_features_are_printed(run, exemplars, capsys):
    assert resume(run, exemplars / "moss.gif", "--iterations", "2") == 0
    assert f"Features: {read_request(run)[0].data.features}" in capsys.readouterr().err


def test_the_interval_of_the_frames_can_be_given(exemplars, tmp_path):
    options = [*LITTLE, *SOLVING, "--iterations", "1", "--frame-interval", "0.5", "--most-frames", "3"]
    assert main(["train", str(exemplars / "moss.gif"), "--kind", "rgb", "--out", str(tmp_path), *options]) == 0
    times = oa.load(tmp_path / "material").config.times
    assert (times.duration, times.frame_interval, times.frames) == (1.5, 0.5, 3)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_ends_a_run_with_a_message_and_keeps_its_save(run, exemplars, capsys):
    before = read_progress(run)["iteration"]
    (run / "journal.jsonl").unlink()
    (run / "journal.jsonl").symlink_to("/dev/full")
    assert resume(run, exemplars / "moss.gif") == 1
    assert "could not be written" in capsys.readouterr().err
    assert read_progress(run)["iteration"] >= before


def test_the_event_files_hold_scalars_and_pictures(exemplars, tmp_path):
    options = [*LITTLE, *SOLVING, "--iterations", "4", "--preview-every", "2"]
    assert main(["train", str(exemplars / "moss.gif"), "--kind", "rgb", "--out", str(tmp_path), *options]) == 0
    scalars, pictures = read_events(tmp_path)
    journal = [json.loads(line) for line in (tmp_path / "journal.jsonl").read_text().splitlines()]
    assert scalars["loss"][4] == pytest.approx(journal[-1]["loss"], rel=1e-4)
    assert {"log_intensity", "solver_steps", "learning_rate", "evaluation"} <= set(scalars)
    assert purged_steps(tmp_path) == []
    assert set(pictures) == {2, 4} and pictures[4].shape == (32, 5 * 32, 3) and np.ptp(pictures[4]) > 0


def test_iterations_that_were_lost_are_hidden_from_tensorboard(run, exemplars):
    """A run that is gone on with tells TensorBoard from which iteration on earlier events are void."""
    assert resume(run, exemplars / "moss.gif", "--iterations", "3") == 0
    assert purged_steps(run) == [2]


def test_a_smaller_learning_rate_is_remembered(run, exemplars):
    assert resume(run, exemplars / "moss.gif", "--learning-rate", "0.0001", "--max-minutes", "0") == 0
    assert read_request(run)[0].rate.learning_rate == 0.0001
    assert resume(run, exemplars / "moss.gif") == 0
    assert oa.load(run / "material").config.training["learning_rate"] == 0.0001


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_a_run_saved(exemplars, tmp_path, number):
    import subprocess

    options = [*LITTLE, *SOLVING, "--iterations", "100000", "--save-every", "1000000"]
    command = [sys.executable, "-m", "ode_appearance", "train", exemplars / "moss.gif", "--kind", "rgb", "--out", tmp_path]
    process = subprocess.Popen([*map(str, command), *options], cwd=ROOT, env=environment(), stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(1200):
            journal = tmp_path / "journal.jsonl"
            if journal.exists() and journal.read_text().count("\n") > 1:
                break
            assert process.poll() is None, process.stderr.read()
            time.sleep(0.1)
        process.send_signal(number)
        told = process.communicate(timeout=60)[1]
    finally:
        process.kill()
    assert process.returncode == 0 and "stopped. The material is in" in told
    assert read_progress(tmp_path)["iteration"] >= 2 and oa.load(tmp_path / "material")


def test_an_error_of_the_disk_is_one_of_ours(run, exemplars, monkeypatch, capsys):
    def refuse(self, progress):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(tasks.Journal, "write", refuse)
    assert resume(run, exemplars / "moss.gif") == 1
    assert "Read-only file system" in capsys.readouterr().err
