"""Trainings as jobs on the Hub, by a stand-in of it: what is sent, collected, submitted again, left alone and refused."""

import json
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from hub_stand_in import READ_ONLY, TOKEN, HubStandIn, Repository, only_this
from little_trainings import LITTLE, same_weights, start_job

from ode_appearance.cli.main import main
from ode_appearance.errors import HubError
from ode_appearance.executors.hf_jobs import collect_and_submit
from ode_appearance.executors.hf_jobs.hub_jobs import slug_of
from ode_appearance.executors.hf_jobs.job_command import job_command
from ode_appearance.executors.run_archive import pack, unpack
from ode_appearance.executors.task_file import read_task
from ode_appearance.training.run_dir.folder import is_finished, read_progress
from ode_appearance.training.run_dir.journal import read_journal


@pytest.fixture
def there(tmp_path, monkeypatch):
    stand_in = HubStandIn()
    only_this(monkeypatch, tmp_path / "cache", stand_in.endpoint)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    yield stand_in
    stand_in.close()


@pytest.fixture
def submit(there, dataset, tmp_path, capfd, caplog):
    """Call the verb; the rows of its table, without the loss, or its complaint. No word of it has the token in it."""
    caplog.set_level("DEBUG")

    def call(*options, out=tmp_path / "out", status=0):
        fixed = ["--executor", "hf-jobs", "--hub-repository", "someone/runs", *LITTLE, "--iterations", "4"]
        assert main(["train-all", str(dataset), "--out", str(out), *fixed, *options]) == status
        told = capfd.readouterr()
        assert TOKEN not in told.out + told.err + caplog.text
        if not told.out:
            return told.err.splitlines()[-1]
        return {line.split()[0]: line[41:] for line in told.out.splitlines()}

    return call


def put_run(there, folder, name="moss"):
    """What a job uploads."""
    there.repositories["datasets/someone/runs"].commit({f"runs/{name}.zip": pack(folder)})


def test_the_request_of_a_job(there, submit):
    rows = submit("--flavor", "t4-small", "--timeout", "90m", "--only", "moss")
    (job,) = there.jobs
    assert rows == {"moss": f"submitted: {there.endpoint}/jobs/someone/job0"}
    assert (job.namespace, job.spec["flavor"], job.spec["timeoutSeconds"]) == ("someone", "t4-small", 5400)
    assert job.spec["secrets"] == {"HF_TOKEN": TOKEN}
    assert TOKEN not in json.dumps({**job.spec, "secrets": None})
    assert job.spec["labels"]["exemplar"] == "moss"
    repository = there.repositories["datasets/someone/runs"]
    files = repository.commits[repository.branches["main"]]
    assert repository.private and set(files) == {".gitattributes", "source.zip", "tasks/moss.zip"}
    assert not any(TOKEN.encode() in content for content in files.values())
    sent = read_task(files["tasks/moss.zip"])
    assert (sent.exemplar.name, sent.config.model.dim, sent.config.schedule.iterations) == ("moss", 8, 4)
    assert repository.branches["main"] in job.spec["command"][-1]  # what is sent later is not for this job


def test_a_job_trains_its_task(there, submit, tmp_path):
    """Its very command, in a process of its own; then what it did is collected, and nothing is left to do."""
    submit("--only", "moss")
    process = start_job(there.jobs[0], there.endpoint, tmp_path / "machine")
    told, _ = process.communicate(timeout=300)
    assert process.returncode == 0 and "4 of 4" in told and TOKEN not in told, told
    there.jobs[0].stage = "COMPLETED"
    assert submit("--only", "moss") == {"moss": "finished"}
    out = tmp_path / "out" / "moss"
    assert is_finished(out) and (out / "material" / "keyframes.bin").exists()
    there.requests.clear()
    assert submit("--only", "moss") == {"moss": "finished"} and len(there.jobs) == 1
    assert not [request for request in there.requests if "resolve" in request or request.startswith("POST")]


def test_a_job_takes_a_finished_run_further(there, submit, finished, tmp_path):
    """What comes back was asked for more iterations than the run that is here."""
    shutil.copytree(finished, tmp_path / "out" / "moss")
    rows = submit("--only", "moss", "--iterations", "5")
    assert rows == {"moss": f"submitted: {there.endpoint}/jobs/someone/job0"}
    told, _ = start_job(there.jobs[0], there.endpoint, tmp_path / "machine").communicate(timeout=300)
    there.jobs[0].stage = "COMPLETED"
    assert submit("--only", "moss", "--iterations", "5") == {"moss": "finished"}, told
    out = tmp_path / "out" / "moss"
    assert read_progress(out)["iteration"] == 5 and is_finished(out)
    assert submit("--only", "moss", "--iterations", "6")["moss"].startswith("submitted again after COMPLETED")


@pytest.mark.parametrize(
    ("driver", "wheels"),
    [("580.65.06", " jax[cuda13]"), ("550.90.07", " jax[cuda12]"), ("NVIDIA-SMI has failed.", ""), (None, "")],
)
def test_a_machine_with_a_gpu_gets_a_jax_for_its_driver(tmp_path, driver, wheels):
    programs = {"pip": 'echo "$@" >> pip.log', "hf": "", "python": ""}
    if driver is not None:
        programs["nvidia-smi"] = f'echo "{driver}"'
    for name, does in programs.items():
        (tmp_path / name).write_text(f"#!/bin/sh\ncd {tmp_path}\n{does}\n")
        (tmp_path / name).chmod(0o755)
    path = f"{tmp_path}:/usr/bin:/bin"
    command = job_command("someone/runs", "0" * 40, "moss", 15)
    subprocess.run(command, env={"PATH": path, "TMPDIR": str(tmp_path)}, check=True, timeout=60)
    assert (tmp_path / "pip.log").read_text().splitlines()[-1] == f"install --quiet -r requirements.txt{wheels}"


@pytest.mark.nightly
def test_a_killed_job_is_resumed_by_the_next(there, submit, tmp_path):
    """Killed after it has uploaded twice; the weights are those of a job that was left alone."""
    options = ("--only", "moss", "--iterations", "300", "--save-every", "0.3")
    submit(*options, "--upload-minutes", "0")
    process = start_job(there.jobs[0], there.endpoint, tmp_path / "machine")
    repository = there.repositories["datasets/someone/runs"]
    before = len(repository.commits)
    while len(repository.commits) < before + 2:
        assert process.poll() is None, process.stdout.read()
        time.sleep(0.02)
    process.kill()
    process.wait()
    there.jobs[0].stage, there.jobs[0].message = "ERROR", "Killed"
    assert submit(*options)["moss"].startswith("submitted again after ERROR")
    saved = read_progress(tmp_path / "out" / "moss")["iteration"]
    assert 0 < saved < 300
    submit(*options, "--hub-repository", "someone/whole", out=tmp_path / "whole")
    for number, job in enumerate(there.jobs[1:]):
        process = start_job(job, there.endpoint, tmp_path / f"machine_{number}")
        assert process.wait(500) == 0, process.stdout.read()
        job.stage = "COMPLETED"
    assert submit(*options) == {"moss": "finished"}
    assert submit(*options, "--hub-repository", "someone/whole", out=tmp_path / "whole") == {"moss": "finished"}
    iterations = [entry["iteration"] for entry in read_journal(tmp_path / "out" / "moss")]
    assert iterations.count(1) == 1 and saved + 1 in iterations
    assert same_weights(tmp_path / "out" / "moss", tmp_path / "whole" / "moss")


def test_a_second_call(there, submit, finished, halfway, tmp_path):
    """It collects what is finished, leaves alone what runs, and submits again what is not, from what it saved."""
    assert len(submit()) == 2
    moss, rust = there.jobs
    moss.stage, rust.stage = "RUNNING", "SCHEDULING"
    put_run(there, halfway)
    rows = submit()
    assert rows["moss"].startswith("running, 1 of 4 iterations saved: http") and rows["rust"].startswith("scheduling: http")
    assert len(there.jobs) == 2 and read_progress(tmp_path / "out" / "moss")["iteration"] == 1
    moss.stage, rust.stage = "ERROR", "RUNNING"
    rows = submit()
    assert rows["moss"] == f"submitted again after ERROR: {there.endpoint}/jobs/someone/job2" and len(there.jobs) == 3
    there.jobs[2].stage = "COMPLETED"  # by --max-minutes, or by the time that it may take
    assert submit()["moss"].startswith("submitted again after COMPLETED")
    put_run(there, finished)
    assert submit()["moss"] == "finished" and len(there.jobs) == 4
    assert same_weights(tmp_path / "out" / "moss", finished)


def test_a_job_resumes_a_run_of_this_machine(there, submit, halfway, tmp_path):
    shutil.copytree(halfway, tmp_path / "out" / "moss")
    submit("--only", "moss")
    repository = there.repositories["datasets/someone/runs"]
    unpack(repository.commits[repository.branches["main"]]["runs/moss.zip"], tmp_path / "sent")
    assert read_progress(tmp_path / "sent")["iteration"] == 1


def test_a_run_that_came_further_here_is_kept(there, submit, halfway, finished, tmp_path):
    submit("--only", "moss")
    put_run(there, halfway)
    (tmp_path / "out").mkdir(exist_ok=True)
    shutil.copytree(finished, tmp_path / "out" / "moss")
    assert submit("--only", "moss") == {"moss": "finished"} and is_finished(tmp_path / "out" / "moss")


def test_a_run_with_other_numbers_is_not_taken_for_this_one(there, submit, halfway, tmp_path):
    shutil.copytree(halfway, tmp_path / "out" / "moss")
    submit("--only", "moss")
    there.jobs[0].stage = "ERROR"
    request = json.loads((tmp_path / "out" / "moss" / "run.json").read_text())
    request["config"]["seed"] = 9
    (tmp_path / "out" / "moss" / "run.json").write_text(json.dumps(request))
    assert "different options" in submit("--only", "moss", status=1)["moss"] and len(there.jobs) == 1


def test_a_loss_that_is_not_finite_is_not_paid_for_again(there, submit, halfway, tmp_path):
    submit("--only", "moss")
    broken = Path(shutil.copytree(halfway, tmp_path / "broken"))
    lines = (broken / "journal.jsonl").read_text().splitlines()
    (broken / "journal.jsonl").write_text(json.dumps({**json.loads(lines[-1]), "status": "not finite"}) + "\n")
    put_run(there, broken)
    there.jobs[0].stage = "COMPLETED"
    assert submit("--only", "moss") == {"moss": "not finite"} and len(there.jobs) == 1
    again = submit("--only", "moss", "--learning-rate", "0.0001")
    assert again["moss"].startswith("submitted again after COMPLETED") and len(there.jobs) == 2
    there.jobs[1].stage = "ERROR"
    put_run(there, broken)
    assert submit("--only", "moss", "--learning-rate", "0.0001")["moss"].startswith("submitted again after ERROR")


def test_what_the_hub_refuses(there, submit, monkeypatch):
    there.no_jobs = 402
    refused = submit("--only", "moss", status=1)["moss"]
    assert refused == "failed: The Hub refuses the request (status 402): Pre-paid credits are needed for jobs."
    there.no_jobs = 403
    assert "jobs of someone" in submit("--only", "moss", status=1)["moss"]
    there.no_jobs = None
    there.repositories["datasets/someone/open"] = opened = Repository()
    opened.commit({"README.md": b""})
    assert "is public" in submit("--hub-repository", "someone/open", status=1)
    there.repositories["datasets/someone/other"] = other = Repository(private=True)
    other.commit({"train.csv": b"1,2"})
    assert "(train.csv)" in submit("--hub-repository", "someone/other", status=1)
    monkeypatch.setenv("HF_TOKEN", READ_ONLY)
    assert "permission" in submit("--hub-repository", "someone/new", status=1)
    monkeypatch.setenv("HF_TOKEN", "hf_wrong")
    assert "not accept" in submit(status=1)
    monkeypatch.delenv("HF_TOKEN")
    assert "Jobs need an access token" in submit(status=1)
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    there.close()
    assert "cannot be reached" in submit(status=1)
    assert there.jobs == []


def test_the_token_is_not_repeated_by_what_goes_wrong(there, monkeypatch):
    monkeypatch.setattr("hub_stand_in._Handler.refuse", lambda self, status, code, message: self.send(
        {"error": f"{message} {self.token}"}, status, **({"X_Error_Code": code} if code else {})))  # fmt: skip
    there.trouble = 400
    with pytest.raises(HubError) as caught:
        collect_and_submit.run([], "someone/runs", token=TOKEN)
    chain, told = caught.value, ""
    while chain is not None:
        told, chain = told + repr(chain), chain.__cause__ or chain.__context__
    assert TOKEN not in told and "status 400" in told


@pytest.mark.parametrize("name", ["moss", "moss & fern", "é" * 90, "a/b", "moss-fern"])
def test_names_on_the_hub(name):
    slug = slug_of(name)
    assert slug.replace("-", "").replace("_", "").isalnum() and slug.isascii() and len(slug) < 60
    assert slug_of(name + "!") != slug
