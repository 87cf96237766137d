"""Materials by name, and the shipped ones."""

import pytest
from materials import RGB, SVBRDF, little_material
from PIL import Image
from raising import raises

import ode_appearance as oa
from ode_appearance.checkpoints import hub
from ode_appearance.checkpoints.checkpoint import FILES, START, safe_file
from ode_appearance.checkpoints.library import find_folder
from ode_appearance.errors import CheckpointError
from ode_appearance.runtime.folders import checkpoints_folder

SHIPPED = oa.list_materials()


@pytest.fixture
def collection(tmp_path, monkeypatch):
    folder = tmp_path / "checkpoints"
    oa.save(little_material(RGB), folder / "texture", preview=b"")
    oa.save(little_material(SVBRDF), folder / "svbrdf", preview=b"")
    (folder / "broken").mkdir()
    (folder / "broken" / "config.json").write_text("{")
    (folder / "empty").mkdir()
    (folder / "notes.txt").write_text("")
    monkeypatch.setenv("ODE_APPEARANCE_CHECKPOINTS", str(folder))
    return folder


def test_names(collection):
    assert checkpoints_folder() == collection
    assert oa.list_materials() == ["broken", "svbrdf", "texture"]


def test_name_and_path(collection, monkeypatch):
    assert oa.load("texture").config == oa.load(collection / "texture").config == RGB
    monkeypatch.chdir(collection)
    assert oa.load("./svbrdf").config == SVBRDF


@pytest.mark.parametrize(
    "name", ["nothing", "", "..", "a b", "../secret/../m", "a" * 5000, "a\0b", "/nowhere/at/all", "user/../m"]
)
def test_unknown_name_lists_the_known_ones(collection, name):
    with pytest.raises(CheckpointError):
        oa.load(name)
    if name == "nothing":
        with raises(CheckpointError, code="unknown-material") as caught:
            oa.load(name)
        assert "broken, svbrdf, texture" in str(caught.value)


def test_name_cannot_leave_the_collection(collection):
    oa.save(little_material(RGB), collection.parent / "secret", preview=b"")
    with pytest.raises(CheckpointError):
        oa.load("../secret")


@pytest.mark.parametrize("name", ["user/repo", "user/repo@main", "user/repo@refs/pr/1"])
def test_repository_is_fetched(collection, monkeypatch, name):
    asked = []
    monkeypatch.setattr(hub, "fetch", lambda name: asked.append(name) or collection / "texture")
    assert find_folder(name) == collection / "texture" and asked == [name]


def test_unreachable_repository(collection, monkeypatch, tmp_path):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    with raises(CheckpointError, code="not-cached"):
        oa.load("user/repo")


# Shipped materials


def test_both_kinds_are_shipped():
    assert {oa.load(name).config.kind for name in SHIPPED} == {"rgb", "svbrdf"}


@pytest.mark.parametrize("name", SHIPPED)
def test_shipped_material_is_complete(name):
    folder = checkpoints_folder() / name
    config = oa.load(name).config
    assert config.name == name
    files = [file for file in FILES if file != START or config.start_size is not None]
    assert all(safe_file(folder, file).stat().st_size > 100 for file in files)
    assert config.exemplar.license and config.exemplar.credit and config.training
    # `distance_ratio` is the measure before the judge's `score`.
    assert config.measures.get("score", config.measures.get("distance_ratio", 0)) > 0
    preview = Image.open(folder / "preview.webp")
    assert preview.n_frames > 1 and min(preview.size) >= 128
    assert f"license: {config.exemplar.license}" in (folder / "README.md").read_text()
