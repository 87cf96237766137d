"""The paper's models in the app: a zip file that is dropped there is imported and listed."""

import asyncio
import json

import pytest
from release import ANISOTROPIC, ATTENTIVE, write_model, write_release, zipped

import ode_appearance as oa
from ode_appearance.app.materials.library import Library
from ode_appearance.app.materials.shipped_materials import Collection
from ode_appearance.app.solving.exemplar_keyframes import Exemplars
from ode_appearance.app.storage.keyframe_store import KeyframeFiles
from ode_appearance.app.ui.paper_models_panel import PaperModels
from ode_appearance.errors import CheckpointError


@pytest.fixture
def library(tmp_path):
    return Library(Collection(tmp_path / "empty"), KeyframeFiles(), None, hub=False)


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    return zipped(write_release(tmp_path_factory.mktemp("release")), tmp_path_factory.mktemp("zip") / "release.zip")


def read(library, path):
    """What the list shows at last, and its rows."""

    async def all_of():
        return [values async for values in PaperModels(library).read(str(path))]

    shown, rows = asyncio.run(all_of())[-1]
    return json.dumps(shown), rows


def test_a_zip_file_that_is_dropped(library, archive):
    shown, rows = read(library, archive)
    titles = {row["title"]: row["label"] for row in rows}
    assert titles == {
        "Rusting steel": "RGB texture, with its exemplar",
        "Metal rusting": titles["Metal rusting"],
        "Ice melting": titles["Ice melting"],
    }
    assert titles["Metal rusting"].startswith("SVBRDF") and titles["Metal rusting"].endswith("without its exemplar")
    assert "3 imported" in shown and "cut_off: model.eqx" in shown
    entries = {row["title"]: library.collection.find(row["name"]) for row in rows}
    assert entries["Metal rusting"].config.architecture == ANISOTROPIC
    steel = entries["Rusting steel"]
    assert steel.config.architecture == ATTENTIVE and steel.config.name == "rusting_steel"
    exemplar = Exemplars(library._files).find(steel)
    assert len(oa.load_exemplar(exemplar)) == 5  # still there, though what was unpacked is gone
    assert not [path for path in library._files.root.rglob("model.eqx")]
    assert library.collection.entries == []  # beside the gallery's, not among them


def test_two_uploads_do_not_meet(library, archive):
    (_, first), (_, second) = read(library, archive), read(library, archive)
    assert not {row["name"] for row in first} & {row["name"] for row in second}


@pytest.mark.parametrize("content", [b"no zip file", b""])
def test_another_file_gets_a_sentence(library, tmp_path, content):
    (tmp_path / "a.zip").write_bytes(content)
    shown, rows = read(library, tmp_path / "a.zip")
    assert rows == [] and "zip file" in shown


def test_no_more_models_than_a_release_could_have(library, tmp_path, monkeypatch):
    monkeypatch.setattr("ode_appearance.app.materials.library.MOST_MODELS", 2)
    for name in "abc":
        write_model(tmp_path / "in" / name / "model.eqx", ANISOTROPIC)
    _, rows = read(library, zipped(tmp_path / "in", tmp_path / "a.zip"))
    assert len(rows) == 2
    with pytest.raises(CheckpointError):
        next(library.open_release(tmp_path / "nowhere.zip"))
