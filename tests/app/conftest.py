"""Fixtures: the app and its materials."""

import shutil

import pytest
from materials import save_small_copy
from running_app import BROKEN, serving


@pytest.fixture(scope="session")
def checkpoints(tmp_path_factory):
    """Small copies of three shipped materials, and a broken checkpoint."""
    folder = tmp_path_factory.mktemp("checkpoints")
    for name in ("clay_solidifying", "lichen_spreading", "rusting_steel"):
        save_small_copy(name, folder)
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
    """The app with these materials."""
    with serving(ODE_APPEARANCE_CHECKPOINTS=str(checkpoints)) as address:
        yield address
