"""The app's temporary files: all in one folder, which goes with the app, or where it was killed, when the next one starts."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import gradio_client
import numpy as np
import pytest
from PIL import Image
from running_app import ROOT, started

from ode_appearance.app.storage import scratch
from ode_appearance.app.storage.scratch import PREFIX

fcntl = pytest.importorskip("fcntl", reason="nothing tells whose process is gone")


def test_what_was_uploaded_to_a_killed_app_is_deleted_when_the_next_one_starts(checkpoints, tmp_path):
    temporary, age = tmp_path / "temporary", tmp_path / "my_very_own_ages.png"
    temporary.mkdir()
    Image.fromarray(np.full((8, 8), 200, np.uint8)).save(age)
    settings = {"ODE_APPEARANCE_CHECKPOINTS": str(checkpoints), "ODE_APPEARANCE_RUNS": str(tmp_path / "runs")}
    settings |= {"TMPDIR": str(temporary), "GRADIO_TEMP_DIR": ""}
    for kill in (True, False):
        with started(**settings) as (address, process):
            (folder,) = temporary.iterdir()
            assert folder.name.startswith(PREFIX) and list(temporary.rglob(age.name)) == []
            client = gradio_client.Client(address, verbose=False)
            given = {"age": gradio_client.handle_file(age), "api_name": "/render"}
            assert client.predict("rusting_steel", 0, 32, 32, 0.5, **given)
            assert [path.relative_to(folder).parts[0] for path in folder.rglob(age.name)] == ["gradio"]
            assert list(temporary.iterdir()) == [folder]
            if kill:
                process.send_signal(signal.SIGKILL)
                process.wait()
    assert list(temporary.iterdir()) == []


PLACES = """
import ode_appearance.app, gradio.mcp, gradio.route_utils, gradio.utils
print({gradio.mcp.DEFAULT_TEMP_DIR, gradio.route_utils.DEFAULT_TEMP_DIR, gradio.utils.get_upload_folder()}.pop())
print(len({gradio.mcp.DEFAULT_TEMP_DIR, gradio.route_utils.DEFAULT_TEMP_DIR, gradio.utils.get_upload_folder()}))
"""


@pytest.mark.parametrize("given", [None, "chosen", f"{PREFIX}of_the_parent/gradio"])
def test_all_of_gradio_looks_in_one_place(tmp_path, given):
    """Whoever has chosen one has it; that of an app that started this process is not chosen."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(tmp_path), "GRADIO_TEMP_DIR": ""}
    if given:
        environment["GRADIO_TEMP_DIR"] = str(tmp_path / given)
    done = subprocess.run([sys.executable, "-c", PLACES], env=environment, capture_output=True, text=True, check=True)
    place, count = done.stdout.split()
    assert count == "1"
    if given == "chosen":
        assert place == str(tmp_path / given)
    else:
        assert place.startswith(str(tmp_path / PREFIX)) and place.endswith("/gradio") and "of_the_parent" not in place
    assert list(tmp_path.iterdir()) == []


def abandoned(place: Path, name: str) -> Path:
    """The folder of a process that is no more."""
    folder = place / f"{PREFIX}{name}"
    (folder / "gradio").mkdir(parents=True)
    (folder / "gradio" / "upload.gif").write_bytes(b"GIF")
    (folder / scratch.LOCK).touch()
    return folder


def test_what_another_app_holds_stays(tmp_path):
    held, free = abandoned(tmp_path, "held"), abandoned(tmp_path, "free")
    others = tmp_path / f"{PREFIX}somebody_elses"
    others.mkdir()
    with (held / scratch.LOCK).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        scratch._clear_abandoned(tmp_path)
    assert (held / "gradio" / "upload.gif").exists() and others.exists() and not free.exists()


def test_what_could_not_be_deleted_is_by_the_next_one(tmp_path, monkeypatch):
    """The lock goes last."""
    folder, rmtree = abandoned(tmp_path, "busy"), shutil.rmtree
    with monkeypatch.context() as patched:
        patched.setattr(scratch.shutil, "rmtree", lambda path, **how: path.name == "gradio" or rmtree(path, **how))
        scratch._clear_abandoned(tmp_path)
    assert (folder / scratch.LOCK).exists()
    scratch._clear_abandoned(tmp_path)
    assert not folder.exists()
