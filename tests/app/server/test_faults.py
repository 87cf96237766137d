"""What goes wrong around the app: it is killed, its disk is full, its folders cannot be written. It says so, and goes on."""

import contextlib
import os
import random
import shutil
import signal
import subprocess
import time
from pathlib import Path

import gradio_client
import httpx
import pytest
from gradio_client.exceptions import AppError
from hub_stand_in import HubStandIn
from running_app import started

import ode_appearance as oa
from ode_appearance.app.storage.scratch import PREFIX
from ode_appearance.data.dataset import find_exemplar

TINY = {
    "features": "patch", "dim": 8, "dim_mults": [1], "attention": None, "state_size": 32, "exemplar_size": 32,
    "save_every": 0.3, "evaluate_every": 50, "evaluation_frames": 2,
}  # fmt: skip
as_root = pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs to mount a small disk")


@contextlib.contextmanager
def mounted(place: Path, *options: str):
    """A folder where something is mounted."""
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", *options, str(place)], check=True, capture_output=True)
    try:
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=True, capture_output=True)


def connected(address):
    return gradio_client.Client(address, verbose=False)


def train(client, iterations=400):
    exemplar = gradio_client.handle_file(find_exemplar("lichen_spreading"))
    asked = [exemplar, "spots", "rgb", "quick", iterations, "", "", "me", "", TINY]
    return client.predict(*asked, api_name="/train")["key"]


def until(condition, seconds=120):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it does not come to that"
        time.sleep(0.1)


@pytest.mark.nightly
def test_killed_at_random_moments(checkpoints, tmp_path):
    """While it solves, exports, trains and publishes. After each restart nothing is corrupt and nothing is left over."""
    runs, temporary, moments = tmp_path / "runs", tmp_path / "temporary", random.Random(0)
    temporary.mkdir()
    with contextlib.closing(HubStandIn()) as hub:
        settings = {
            "ODE_APPEARANCE_CHECKPOINTS": str(checkpoints), "ODE_APPEARANCE_RUNS": str(runs), "TMPDIR": str(temporary),
            "HF_ENDPOINT": hub.endpoint, "HF_HOME": str(tmp_path / "hub"), "GRADIO_TEMP_DIR": "",
        }  # fmt: skip
        key = None
        for kill in range(6):
            with started(**settings) as (address, process):
                (held,) = temporary.iterdir()  # what the app that was killed had there is deleted
                assert held.name.startswith(PREFIX)
                client = connected(address)
                assert client.predict("rusting_steel", 0, 32, 32, 0.5, api_name="/render")
                if key is None:
                    key = train(client)
                else:
                    (only,) = client.predict("me", api_name="/trainings")
                    assert only["key"] == key and only["status"] in ("paused", "finished"), "it is offered for resuming"
                    if only["status"] == "paused":
                        client.predict("me", key, "resume", api_name="/training")
                client.submit("clay_solidifying", "mp4", 0, 128, 128, 0.0, 5.0, 200, api_name="/export")
                client.submit("rusting_steel", kill, 256, 256, 4.0, api_name="/render")
                if client.predict("me", key, "", api_name="/training")["material"]:
                    client.submit("me", key, f"me/spots{kill}", "hf_me", False, api_name="/publish_training")
                time.sleep(moments.uniform(0.5, 8))
                process.send_signal(signal.SIGKILL)
                process.wait()
            for repository in hub.repositories.values():
                assert all({"config.json", "model.eqx"} <= set(files) for files in repository.commits.values())
            material = runs / key / "material"
            if material.exists():
                oa.load(material)
        with started(**settings) as (address, process):
            client = connected(address)
            if client.predict("me", key, "", api_name="/training")["status"] != "finished":
                client.predict("me", key, "resume", api_name="/training")
            until(lambda: client.predict("me", key, "", api_name="/training")["status"] == "finished", 600)
            assert client.predict("me", key, api_name="/open_trained") == key
            assert client.predict(key, 0, 32, 32, 0.5, api_name="/render")
    assert list(temporary.iterdir()) == [] and [path.name for path in runs.glob("[!.]*")] == [key]


@pytest.mark.nightly
@as_root
def test_a_full_disk(checkpoints, tmp_path):
    """Solves, exports and trainings say so; where there is room again, they go on."""
    with contextlib.ExitStack() as mounts:
        try:
            small = mounts.enter_context(mounted(tmp_path / "small", "-t", "tmpfs", "-o", "size=8m", "tmpfs"))
        except subprocess.CalledProcessError:
            pytest.skip("a small disk cannot be mounted here")
        (small / "temporary").mkdir()
        settings = {"ODE_APPEARANCE_RUNS": str(small / "runs"), "TMPDIR": str(small / "temporary")}
        with started(**settings, ODE_APPEARANCE_CHECKPOINTS=str(checkpoints)) as (address, _):
            client = connected(address)
            assert client.predict("rusting_steel", 0, 32, 32, 0.5, api_name="/render")
            filler = small / "filler"
            filler.write_bytes(bytes(shutil.disk_usage(small).free - 100_000))
            with pytest.raises(AppError, match=r"cannot be written|free"):
                client.predict("clay_solidifying", "states", 0, 64, 64, 0.0, 5.0, 50, api_name="/export")
            with pytest.raises(httpx.HTTPStatusError, match="500"):  # the upload itself
                train(client)
            assert client.predict("me", api_name="/trainings") == []
            filler.write_bytes(bytes(filler.stat().st_size + shutil.disk_usage(small).free))
            with pytest.raises(AppError, match="No space left"):
                client.predict("rusting_steel", 1, 32, 32, 0.5, api_name="/render")
            filler.unlink()
            assert client.predict("rusting_steel", 1, 32, 32, 0.5, api_name="/render"), "it goes on"
            assert client.predict("clay_solidifying", "png", 0, 64, 64, 2.0, api_name="/export")
            key = train(client, 100_000)
            until(lambda: client.predict("me", key, "", api_name="/training")["material"], 300)
            filler.write_bytes(bytes(shutil.disk_usage(small).free))
            until(lambda: client.predict("me", key, "", api_name="/training")["status"] == "failed", 60)
            summary = client.predict("me", key, "", api_name="/training")["summary"]
            assert "No space left" in summary or "disk may be full" in summary, summary
            filler.unlink()
            oa.load(small / "runs" / key / "material")
            client.predict("me", key, "resume", api_name="/training")
            until(lambda: client.predict("me", key, "", api_name="/training")["status"] == "running", 60)
            client.predict("me", key, "keep", api_name="/training")
            until(lambda: client.predict("me", key, "", api_name="/training")["status"] == "kept", 90)
            assert client.predict("me", key, api_name="/open_trained") == key


@as_root
def test_folders_that_cannot_be_written(checkpoints, tmp_path):
    """A read-only folder of materials is as good as another; of one for caches, there is no more than a warning."""
    home = tmp_path / "home"
    home.mkdir()
    with contextlib.ExitStack() as mounts:
        try:
            for name, source in (("materials", checkpoints), ("cache", home)):
                mounts.enter_context(mounted(tmp_path / name, "-o", "ro,bind", str(source)))
        except subprocess.CalledProcessError:
            pytest.skip("nothing can be mounted here")
        cache = str(tmp_path / "cache")
        settings = {"XDG_CACHE_HOME": cache, "HF_HOME": f"{cache}/hub", "HOME": cache, "ODE_APPEARANCE_RUNS": f"{cache}/runs"}
        with started(**settings, ODE_APPEARANCE_CHECKPOINTS=str(tmp_path / "materials")) as (address, _):
            client = connected(address)
            assert client.predict("rusting_steel", 0, 32, 32, 0.5, api_name="/render")
            with pytest.raises(AppError, match="Read-only"):
                train(client)
            assert client.predict("clay_solidifying", "png", 0, 32, 32, 1.0, api_name="/export")


def test_clocks_that_jump(checkpoints, tmp_path, monkeypatch):
    """What was asked for later stays later, and nothing waits for a time that is not to come."""
    from ode_appearance.app.trainings import run_records as runs
    from ode_appearance.training.train_config import preset

    exemplar, hour = find_exemplar("lichen_spreading"), time.time()
    names = []
    for jump in (0, 86_400 * 400, -86_400 * 400):
        monkeypatch.setattr(runs.time, "time", lambda jump=jump: hour + jump)
        names.append(runs.new_run(tmp_path, exemplar, preset("quick"), runs.Order("me", f"spots {len(names)}")).key)
    found = runs.read_runs(tmp_path)
    assert {run.key for run, _ in found} == set(names) and all(order.created > 0 for _, order in found)


def test_what_is_too_large_is_refused_beforehand(app):
    client = connected(app)
    with pytest.raises(AppError, match=r"largest|GB|pixels"):
        client.predict("clay_solidifying", 0, 16384, 16384, 0.5, api_name="/render")
    assert client.predict("rusting_steel", 0, 32, 32, 0.5, api_name="/render")


@pytest.mark.nightly
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs a limit of the address space")
def test_memory_that_runs_out_all_the_same(checkpoints, tmp_path):
    """The estimate looks at what the machine has free; a limit of the process itself is met only in the solve."""
    import resource

    with started(ODE_APPEARANCE_CHECKPOINTS=str(checkpoints), ODE_APPEARANCE_RUNS=str(tmp_path)) as (address, process):
        client = connected(address)
        assert client.predict("rusting_steel", 0, 32, 32, 0.5, api_name="/render")
        used = next(line for line in Path(f"/proc/{process.pid}/status").read_text().splitlines() if line.startswith("VmSize"))
        limit = 1024 * int(used.split()[1]) + (400 << 20)
        resource.prlimit(process.pid, resource.RLIMIT_AS, (limit, limit))
        with pytest.raises(AppError, match="not enough memory for 1024x1024"):
            client.predict("rusting_steel", 0, 1024, 1024, 0.5, api_name="/render")
        assert process.poll() is None
        assert client.predict("rusting_steel", 1, 32, 32, 0.5, api_name="/render"), "it goes on"
