"""The materials that the studio offers, and single pictures of them."""

import asyncio

import pytest
from made_up import psnr
from materials import RGB, SVBRDF, little_material
from running_app import BROKEN

import ode_appearance as oa
from ode_appearance.app.actions.presentation import gallery_value
from ode_appearance.app.materials.shipped_materials import Collection, facts
from ode_appearance.app.solving.exemplar_keyframes import Exemplars
from ode_appearance.app.solving.render_jobs import Pictures
from ode_appearance.app.solving.worker import Worker
from ode_appearance.app.storage.keyframe_store import KeyframeFiles
from ode_appearance.errors import AppearanceError, CheckpointError
from ode_appearance.runtime import device


@pytest.fixture(scope="module")
def collection(checkpoints):
    return Collection(checkpoints)


def test_a_broken_material_does_not_stop_the_others(collection):
    assert [entry.name for entry in collection.entries] == ["clay_solidifying", "lichen_spreading", "rusting_steel", BROKEN]
    value = gallery_value(collection, Exemplars(KeyframeFiles()), "rusting_steel")
    assert [material["error"] is None for material in value["materials"]] == [True, True, True, False]
    with pytest.raises(CheckpointError, match=r"model\.eqx"):
        collection.find(BROKEN)


def test_what_can_be_relit_comes_first(tmp_path):
    for name, config in (("a_texture", RGB), ("b_surface", SVBRDF), ("c_texture", RGB), ("d_surface", SVBRDF)):
        oa.save(little_material(config), tmp_path / name, preview=b"a picture")
    (tmp_path / "b_surface" / "model.eqx").write_bytes(b"")
    collection = Collection(tmp_path)
    names = ["b_surface", "d_surface", "a_texture", "c_texture"]
    assert [name for name, _ in collection.glimpse()] == names and collection.first().name == "d_surface"
    assert [entry.name for entry in collection.entries] == [*names[1:], "b_surface"] and collection.names == names[1:]


@pytest.mark.parametrize("name", ["moss", "../clay_solidifying", "/etc", "", "user/repo"])
def test_only_names_of_the_folder_are_found(collection, name):
    with pytest.raises(CheckpointError, match="there are: clay_solidifying, lichen_spreading, rusting_steel"):
        collection.find(name)


def test_facts_are_plain_texts(collection):
    rows = dict(facts(collection.find("clay_solidifying")))
    assert rows["Kind"].startswith("SVBRDF") and rows["Licence"] == "cc-by-4.0" and "Tobias Ritschel" in rows["Credit"]
    assert rows["Solved by"] == "rkc, tolerance 0.02"


def test_an_empty_folder_has_no_materials(tmp_path):
    assert Collection(tmp_path).entries == []


def test_pictures_are_those_of_the_library(collection):
    worker = Worker()
    pictures = Pictures(collection, worker, oa.TrajectoryCache())
    frame = asyncio.run(pictures.draw("rusting_steel", 2, 32, 24, {"time": 1.0}))
    material = oa.load("rusting_steel")
    expected = oa.render(material, oa.solve(material, seed=2, size=(32, 24), times=[1.0]))
    assert frame.shape == (24, 32, 3) and psnr(frame.transpose(2, 0, 1) / 255, expected) > 55
    for name, width, log_intensity in (("moss", 32, 0), ("clay_solidifying", 31, 0), ("clay_solidifying", 32, 99)):
        with pytest.raises(AppearanceError):
            seen = {"time": 0, "lights": [{"x": 0, "y": 0, "logIntensity": log_intensity}]}
            asyncio.run(pictures.draw(name, 0, width, 32, seen))
    assert asyncio.run(pictures.picture(["rusting_steel", 2, 32, 24, 1.0, 0, 0, 0]))["address"].startswith(
        "data:image/png;base64,"
    )
    assert "not possible" in asyncio.run(pictures.picture(["rusting_steel", 2, 31, 24, 1.0, 0, 0, 0]))["error"]
    assert "error" in asyncio.run(pictures.picture(["rusting_steel"]))
    worker.close()


def test_the_device_is_described(monkeypatch):
    assert device.description()
    monkeypatch.setattr(device, "has_nvidia_gpu", lambda: True)
    on_cpu = device.description().startswith("CPU")
    assert ("jax[cuda13]" in (device.hint() or "")) is on_cpu
    monkeypatch.setattr(device, "has_nvidia_gpu", lambda: False)
    assert device.hint() is None
