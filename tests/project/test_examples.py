"""The examples in the docstrings of the public names run, with a small material in place of the shipped ones."""

import dataclasses
import doctest
import inspect

import pytest
from materials import RGB, little_material

import ode_appearance as oa
from ode_appearance.checkpoints.checkpoint import save_folder
from ode_appearance.config.schema import Architecture, Times

CONFIG = dataclasses.replace(
    RGB,
    name="rusting_steel",
    architecture=Architecture(channels=24, dim=4, dim_mults=(1,), attention=None),
    times=Times(warmup=1.0, duration=5.0, frame_interval=1.0, frames=5),
)


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    """A folder with a small `rusting_steel`, whose kind, channels, warm-up and duration are those of the shipped material."""
    folder = tmp_path_factory.mktemp("checkpoints")
    save_folder(little_material(CONFIG), folder / CONFIG.name, b"")
    return folder


@pytest.mark.parametrize("name", ["ode_appearance", *oa.__all__])
def test_the_example_runs(name, checkpoints, tmp_path, monkeypatch):
    monkeypatch.setenv("ODE_APPEARANCE_CHECKPOINTS", str(checkpoints))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    text = inspect.getdoc(oa if name == "ode_appearance" else getattr(oa, name))
    assert "\nExample:\n" in text, "no example"
    (test,) = doctest.DocTestFinder(recurse=False).find(text, name, globs={})
    assert test.examples
    messages = []
    results = doctest.DocTestRunner(verbose=False).run(test, out=messages.append)
    assert results.failed == 0, "".join(messages)


def test_the_small_material_matches_the_shipped_one(monkeypatch):
    monkeypatch.delenv("ODE_APPEARANCE_CHECKPOINTS", raising=False)
    shipped = oa.load(CONFIG.name).config
    for config in (shipped, CONFIG):
        assert (config.kind, config.architecture.channels, config.times.warmup, config.times.duration) == ("rgb", 24, 1.0, 5.0)
