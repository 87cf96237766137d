"""Fixtures: the app and its materials."""

import os
import shutil

import filelock
import pytest
from materials import save_small_copy
from running_app import BROKEN, serving

from ode_appearance.checkpoints.checkpoint import KEYFRAMES


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory):
    """Small copies of three shipped materials, and a broken checkpoint. The workers of pytest-xdist make the copies once."""
    folder, shared = tmp_path_factory.mktemp("run") / "checkpoints", tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    with filelock.FileLock(shared / "small_copies.lock"):
        for name in ("clay_solidifying", "lichen_spreading", "rusting_steel"):
            if not (shared / "small_copies" / name / KEYFRAMES).exists():
                save_small_copy(name, shared / "small_copies")
    shutil.copytree(shared / "small_copies", folder)
    shutil.copytree(folder / "rusting_steel", folder / BROKEN)
    weights = folder / BROKEN / "model.eqx"
    weights.write_bytes(weights.read_bytes()[:1000])
    return folder


@pytest.fixture(autouse=True, scope="module")
def _small_materials(checkpoints):
    """The materials' names mean the small copies, in this process and in the apps that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ODE_APPEARANCE_CHECKPOINTS", str(checkpoints))
        yield


@pytest.fixture(scope="session")
def app(checkpoints):
    """The app with these materials; it does not reach the Hub."""
    with serving(ODE_APPEARANCE_CHECKPOINTS=str(checkpoints), HF_ENDPOINT="http://127.0.0.1:9") as address:
        yield address
