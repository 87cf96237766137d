"""Training a data set somewhere else: what goes there and comes back, what is said about it, and what is refused."""

import dataclasses
import shutil
import sys
import types
import zipfile

import numpy as np
import pytest
from little_trainings import LITTLE, NAMES, make_dataset, same_weights
from materials import RGB, little_material
from raising import raises

from ode_appearance.cli.main import main
from ode_appearance.errors import TrainingError
from ode_appearance.executors.plan import TrainingPlan, TrainingResult
from ode_appearance.executors.ray import ray_runs
from ode_appearance.executors.ray.ray_task import Update, carry_out
from ode_appearance.executors.run_archive import pack, unpack, zipped
from ode_appearance.executors.task_file import read_task, write_task
from ode_appearance.training.run_dir.folder import STATE, is_finished, read_progress
from ode_appearance.training.run_dir.journal import read_journal


@pytest.fixture(autouse=True)
def no_signals(monkeypatch):
    """This process keeps its own way of being interrupted."""
    monkeypatch.setattr("ode_appearance.cli.train_all.Interruption", lambda: lambda: False)


# What goes from one machine to another


def test_a_run_as_an_archive(finished, tmp_path):
    (finished / "secrets.txt").write_text("not of the run")
    unpack(pack(finished), tmp_path)
    names = {path.relative_to(finished).as_posix() for path in finished.rglob("*") if path.is_file()} - {"secrets.txt", ".lock"}
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == names
    assert {"run.json", "state.eqx", "journal.jsonl", "material/model.eqx", "material/keyframes.bin"} < names
    assert any(name.startswith("events.") for name in names)
    assert same_weights(tmp_path, finished) and is_finished(tmp_path)


@pytest.mark.parametrize(
    "archive",
    [
        zipped({"state.eqx": b"new", "../outside": b"x"}),
        zipped({"state.eqx": b"new", "material/../../outside": b"x"}),
        zipped({"state.eqx": b"new", "/outside": b"x"}),
        zipped({"state.eqx": b"new", "events./../outside": b"x"}),
        zipped({"state.eqx": b"new" * 9999}, zipfile.ZIP_DEFLATED),
        zipped({"state.eqx": b"new"})[:-9],
        b"no zip file",
    ],
)
def test_bytes_that_are_no_archive_change_nothing(archive, tmp_path):
    folder = tmp_path / "deep" / "run"
    folder.mkdir(parents=True)
    (folder / "state.eqx").write_bytes(b"old")
    with raises(TrainingError):
        unpack(archive, folder)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["state.eqx"]
    assert (folder / "state.eqx").read_bytes() == b"old"


def test_a_training_as_bytes(task):
    start = little_material(RGB)
    again = read_task(write_task(dataclasses.replace(task, init_from=start, max_minutes=2.5)))
    np.testing.assert_array_equal(again.exemplar.frames, task.exemplar.frames)
    np.testing.assert_array_equal(again.exemplar.times, task.exemplar.times)
    assert (again.config, again.credit, again.max_minutes) == (task.config, task.credit, 2.5)
    assert (again.exemplar.name, again.exemplar.duration) == ("moss", 5.0)
    assert again.init_from.config == start.config
    assert read_task(write_task(task)).max_minutes == np.inf and read_task(write_task(task)).init_from is None
    assert write_task(task) == write_task(task)
    with raises(TrainingError, code="no-task"):
        read_task(zipped({"task.json": b"{}"}))


def test_a_worker_resumes_the_save_of_another(task, finished, tmp_path):
    """The first one is gone after its second save."""
    sent, archives = write_task(task), []
    worker = carry_out(sent, None, lambda: False)
    assert next(worker).where
    while len(archives) < 2:
        update = next(worker)
        archives += [update.archive] if update.archive is not None else []
    worker.close()
    assert update.iteration == 2
    _, *_, last = carry_out(sent, archives[-1], lambda: False)
    assert (last.iteration, last.status) == (4, "finished")
    unpack(last.archive, tmp_path)
    assert same_weights(tmp_path, finished)
    assert [entry["iteration"] for entry in read_journal(tmp_path)].count(1) == 1


def test_a_stopped_worker_saves(task, tmp_path):
    *_, last = carry_out(write_task(task), None, lambda: True)
    assert (last.iteration, last.status) == (1, "stopped")
    unpack(last.archive, tmp_path)
    assert read_progress(tmp_path)["iteration"] == 1


def test_a_worker_reports_an_impossible_task(task):
    wrong = dataclasses.replace(task, config=task.config.replace(state_size=64))
    *_, last = carry_out(write_task(wrong), None, lambda: False)
    assert "larger than the exemplar" in last.failure


# The driver of a Ray cluster, by a stand-in of Ray whose workers do as they are told


class RayError(Exception):
    pass


class WorkerCrashedError(RayError):
    pass


OTHERS = {name: type(name, (RayError,), {}) for name in ("NodeDiedError", "OutOfMemoryError", "ObjectLostError")}


class ClusterStandIn:
    """`workers` are what each task in turn says; an exception in it is how it ends."""

    exceptions = types.SimpleNamespace(RayError=RayError, WorkerCrashedError=WorkerCrashedError, **OTHERS)

    def __init__(self, workers):
        self.workers, self.submitted, self.cancelled, self.raised = list(workers), [], [], False

    def remote(self, **options):
        return lambda function: types.SimpleNamespace(remote=self._submit)

    def _submit(self, task, archive, flag):
        self.submitted.append(archive)
        return iter(self.workers.pop(0))

    def put(self, value):
        return value

    def wait(self, updates, timeout):
        return updates[:1], updates[1:]

    def get(self, update):
        if isinstance(update, Exception):
            raise update
        return update

    def cancel(self, updates):
        self.cancelled.append(updates)


def drive(monkeypatch, workers, task, folder, stop=lambda: False, names=("moss",)):
    cluster = ClusterStandIn(workers)
    flag = types.SimpleNamespace(raise_it=types.SimpleNamespace(remote=lambda: setattr(cluster, "raised", True)))
    monkeypatch.setattr(ray_runs.RayRuns, "_raisable", lambda self: flag)
    plans = [TrainingPlan(name, folder / name, lambda: task) for name in names]
    return ray_runs.RayRuns(cluster, {"num_cpus": 1}).run(plans, stop), cluster


BEGAN = Update(where="a node, process 1")


def test_a_driver_submits_again_with_the_last_save(monkeypatch, task, halfway, finished, tmp_path):
    half, whole = pack(halfway), pack(finished)
    saved, last = Update("", 1, 0.5, "running", half), Update("", 4, 0.25, "finished", whole)
    lives = [[BEGAN, WorkerCrashedError()], [BEGAN, saved, WorkerCrashedError()], [BEGAN, last]]
    results, cluster = drive(monkeypatch, lives, task, tmp_path)
    assert results == [TrainingResult("moss", "finished", 0.25)]
    assert cluster.submitted[0] is None and cluster.submitted[1] is None
    unpack(cluster.submitted[2], tmp_path / "sent")
    assert read_progress(tmp_path / "sent")["iteration"] == 1
    assert same_weights(tmp_path / "moss", finished)


def test_a_driver_gives_up_after_three_deaths_without_a_save(monkeypatch, task, halfway, tmp_path, capsys):
    saved = Update("", 1, 0.5, "running", pack(halfway))
    dies, saves = [BEGAN, WorkerCrashedError()], [BEGAN, saved, WorkerCrashedError()]
    results, cluster = drive(monkeypatch, [dies, dies, saves, dies, dies, [BEGAN, Update(failure="never")]], task, tmp_path)
    assert results == [TrainingResult("moss", "failed: 3 workers in a row died without a save")]
    assert len(cluster.submitted) == 5 and read_progress(tmp_path / "moss")["iteration"] == 1
    assert capsys.readouterr().err.count("its worker died") == 4


def test_a_stopped_driver_cancels_waiting_tasks(monkeypatch, task, halfway, tmp_path):
    """The first run has begun, and saves; the second waits for a worker."""
    asked = iter([False, False, False, True, True, True])
    workers = [[BEGAN, Update("", 1, 0.5, "stopped", pack(halfway))], []]
    results, cluster = drive(monkeypatch, workers, task, tmp_path, lambda: next(asked), NAMES)
    assert [result.status for result in results] == ["stopped", "not started"]
    assert cluster.raised and len(cluster.cancelled) == 1


def test_a_driver_reports_other_failures(monkeypatch, task, finished, tmp_path):
    shutil.copytree(finished, tmp_path / "d")
    workers = [[BEGAN, Update(failure="It is too small.")], [], [BEGAN, RayError("a trace\nValueError: of no use")]]
    results, _ = drive(monkeypatch, workers, task, tmp_path, names=("a", "b", "c", "d"))
    assert [result.status for result in results] == [
        "failed: It is too small.",
        "failed: its worker ended without a message",
        "failed: ValueError: of no use",
        "finished",
    ]


# On the command line


def test_the_table_of_a_data_set(dataset, finished, tmp_path, capsys):
    """One that is finished, one that fails."""
    shutil.copytree(finished, tmp_path / "moss")
    assert main(["train-all", str(dataset), "--out", str(tmp_path), *LITTLE, "--state-size", "64"]) == 1
    loss = read_journal(tmp_path / "moss")[-1]["loss"]
    told = capsys.readouterr()
    moss, rust = told.out.splitlines()
    assert moss == f"{'moss':28} {loss:>10.3f}  finished"
    assert rust.startswith("rust ") and "failed: States of 64 pixels are larger than the exemplar's 32" in rust
    assert "Not trained: rust;" in told.err


def test_a_resumed_run_keeps_its_options(dataset, halfway, tmp_path, capsys):
    shutil.copytree(halfway, tmp_path / "moss")
    before = (tmp_path / "moss" / STATE).read_bytes()
    assert main(["train-all", str(dataset), "--out", str(tmp_path), "--only", "moss", "--dim", "16"]) == 1
    assert "failed: A resumed run keeps its options: its dim is 8" in capsys.readouterr().out
    assert (tmp_path / "moss" / STATE).read_bytes() == before
    assert main(["train-all", str(dataset), "--out", str(tmp_path), "--only", "moss", "--iterations", "2"]) == 0
    assert read_progress(tmp_path / "moss")["iteration"] == 2


@pytest.mark.parametrize("together", [[], ["--together", "2"]], ids=["alone", "stacked"])
def test_a_finished_run_continues_to_more_iterations(dataset, finished, tmp_path, capsys, together):
    shutil.copytree(finished, tmp_path / "moss")
    command = ["train-all", str(dataset), "--out", str(tmp_path), "--only", "moss", *together]
    for iterations in ("4", "3"):
        assert main([*command, "--iterations", iterations]) == 0
        assert read_progress(tmp_path / "moss")["iteration"] == 4
    assert main([*command, "--iterations", "5"]) == 0
    assert read_progress(tmp_path / "moss")["iteration"] == 5 and is_finished(tmp_path / "moss")
    assert capsys.readouterr().out.splitlines()[-1].endswith("finished")


IMPOSSIBLE = {
    "no such exemplar": (["--only", "moss,lava"], "has no lava; it has moss, rust"),
    "fewer than no iterations": (["--iterations", "-5"], "--iterations has to be from 1 to"),
    "processors here": (["--cpus", "2"], "--cpus is for --executor ray"),
    "hardware for Ray": (["--executor", "ray", "--flavor", "t4-small"], "--flavor is for --executor hf-jobs"),
    "no processors": (["--executor", "ray", "--cpus", "-1"], "--cpus has to be"),
    "endless processors": (["--executor", "ray", "--gpus", "nan"], "--gpus has to be"),
    "no repository": (["--executor", "hf-jobs"], "--hub-repository USER/NAME"),
    "a bad repository": (["--executor", "hf-jobs", "--hub-repository", "lava"], "write user/repo"),
    "an endless job": (["--executor", "hf-jobs", "--hub-repository", "a/b", "--timeout", "ever"], "--timeout has to be"),
    "no minutes": (["--executor", "hf-jobs", "--hub-repository", "a/b", "--upload-minutes", "nan"], "--upload-minutes has"),
}


@pytest.mark.parametrize(("options", "sentence"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_impossible_options_are_refused(dataset, tmp_path, capsys, options, sentence):
    assert main(["train-all", str(dataset), "--out", str(tmp_path / "out"), *options]) == 1
    told = capsys.readouterr()
    assert sentence in told.err and told.err.endswith(".\n") and told.out == "" and not (tmp_path / "out").exists()


def test_two_exemplars_of_one_name(tmp_path, capsys):
    make_dataset(tmp_path)
    (tmp_path / "SVBRDF_dynamic_flash_textures" / "moss").mkdir(parents=True)
    assert main(["train-all", str(tmp_path), "--out", str(tmp_path / "out")]) == 1
    assert "two exemplars named moss" in capsys.readouterr().err


def test_without_ray(monkeypatch, dataset, tmp_path, capsys):
    monkeypatch.setitem(sys.modules, "ray", None)
    assert main(["train-all", str(dataset), "--out", str(tmp_path), "--executor", "ray"]) == 1
    assert 'pip install "ray[default]"' in capsys.readouterr().err


@pytest.mark.parametrize(
    ("address", "sentence"),
    [("ray://10.0.0.1:10001", "HOST:PORT"), ("127.0.0.1:1", "answers at 127.0.0.1:1"), ("127.0.0.1:many", "answers at"),
     ("127.0.0.1:99999", "answers at")],
)  # fmt: skip
def test_an_unusable_address(monkeypatch, dataset, tmp_path, capsys, address, sentence):
    """Where Ray itself, a module without anything here, is not asked."""
    monkeypatch.setitem(sys.modules, "ray", types.ModuleType("ray"))
    monkeypatch.setenv("RAY_ADDRESS", address)
    assert main(["train-all", str(dataset), "--out", str(tmp_path), "--executor", "ray"]) == 1
    assert sentence in capsys.readouterr().err
