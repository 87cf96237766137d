"""Looking at a time-lapse and estimating a training, as programs do it."""

import shutil

import gradio_client
import imageio_ffmpeg
import numpy as np
import pytest
from running_app import ROOT, serving

from ode_appearance.data.dataset import find_exemplar

NAMES = {"/look_at_exemplar", "/estimate_training"}
SMALL = {"dim": 8, "dim_mults": [1], "attention": None, "state_size": 32, "exemplar_size": 64, "features": "patch"}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    """With one material in it, and for runs."""
    place = tmp_path_factory.mktemp("app")
    shutil.copytree(ROOT / "checkpoints" / "rusting_steel", place / "checkpoints" / "rusting_steel")
    return place


@pytest.fixture(scope="module")
def client(place):
    settings = {"ODE_APPEARANCE_CHECKPOINTS": str(place / "checkpoints"), "ODE_APPEARANCE_RUNS": str(place / "runs")}
    with serving(ODE_APPEARANCE_HUB="off", **settings) as address:
        yield gradio_client.Client(address, verbose=False)


def described(client):
    return client.view_api(return_format="dict", print_info=False)["named_endpoints"]


def test_they_are_described(client):
    named = described(client)
    assert set(named) >= NAMES and all(named[name]["description"] for name in NAMES)
    arguments = [argument["parameter_name"] for argument in named["/look_at_exemplar"]["parameters"]]
    assert arguments == ["exemplar", "kind", "preset", "numbers"]
    for argument in (argument for name in NAMES for argument in named[name]["parameters"]):
        assert isinstance(argument["type"].get("type"), str)


def test_a_time_lapse_is_looked_at(client, tmp_path):
    example = gradio_client.handle_file(find_exemplar("iron_rusting"))
    seen = client.predict(example, "svbrdf", "quick", api_name="/look_at_exemplar")
    (note,) = seen.pop("notes")
    assert seen == {"frames": 100, "size": 128, "duration": 10} and "frames were repeated" in note
    writer = imageio_ffmpeg.write_frames(str(tmp_path / "film.mp4"), (96, 64), macro_block_size=1)
    writer.send(None)
    for i in range(120):
        writer.send(np.full((64, 96, 3), 2 * i, np.uint8).tobytes())
    writer.close()
    film = gradio_client.handle_file(tmp_path / "film.mp4")
    seen = client.predict(film, "rgb", "quick", {"exemplar_size": 64}, api_name="/look_at_exemplar")
    assert (seen["frames"], seen["size"]) == (100, 64)
    assert seen["notes"] == ["100 of 120 frames were picked evenly.", "Cropped from 96x64 to its central square."]


def test_the_time_of_a_training_is_estimated(client):
    short = client.predict("rgb", "quick", 10, SMALL, api_name="/estimate_training")
    long = client.predict("rgb", "quick", 1_000_000, SMALL, api_name="/estimate_training")
    assert short["features"] == long["features"] == "patch"
    assert 60 <= short["seconds"] < 120 < long["seconds"]


@pytest.mark.parametrize(
    ("endpoint", "arguments", "said"),
    [
        ("/look_at_exemplar", [None], "Give a time-lapse"),
        ("/look_at_exemplar", ["text.gif"], "no image"),
        ("/look_at_exemplar", ["lichen", "rgb", "quick", {"state_size": 256}], "larger than the exemplar"),
        ("/look_at_exemplar", ["lichen", "rgb", "quick", {"lr": 1}], "lr"),
        ("/estimate_training", ["svbrdf", "quick", 0, {"brdf": None}], "BRDF"),
        ("/estimate_training", ["rgb", "quick", 0.5], "whole number"),
        ("/estimate_training", ["rgb", "quick", 0, {"kind": "svbrdf"}], "the kind is an argument"),
    ],
)
def test_what_is_not_possible_is_said(client, tmp_path, endpoint, arguments, said):
    (tmp_path / "text.gif").write_text("nothing")
    files = {"text.gif": tmp_path / "text.gif", "lichen": find_exemplar("lichen_spreading")}
    first = arguments[0]
    given = gradio_client.handle_file(files[first]) if first in files else first
    with pytest.raises(Exception, match=said):
        client.predict(given, *arguments[1:], api_name=endpoint)


def test_they_are_not_there_where_nothing_is_trained(place):
    with serving(ODE_APPEARANCE_CHECKPOINTS=str(place / "checkpoints"), ODE_APPEARANCE_TRAINING="off") as address:
        assert not NAMES & set(described(gradio_client.Client(address, verbose=False)))
