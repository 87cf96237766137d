"""The app's API, as programs use it."""

import json
import re

import gradio_client
import numpy as np
import pytest
from conftest import serving
from PIL import Image

import ode_appearance as oa
from ode_appearance.exemplar.dataset import find_exemplar


@pytest.fixture(scope="module")
def client(checkpoints, tmp_path_factory):
    """A program's connection to an app with trainings of its own."""
    runs = str(tmp_path_factory.mktemp("runs"))
    with serving(
        ODE_APPEARANCE_CHECKPOINTS=str(checkpoints), ODE_APPEARANCE_RUNS=runs, HF_ENDPOINT="http://127.0.0.1:9"
    ) as url:
        yield gradio_client.Client(url, verbose=False)


def test_every_action_has_a_name_and_a_description(client):
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(named) == {
        "/materials", "/material", "/render", "/export", "/search_hub", "/fetch", "/train", "/training", "/trained",
        "/delete_training",
    }  # fmt: skip
    assert all(facts["description"] for facts in named.values())
    arguments = [argument["parameter_name"] for argument in named["/render"]["parameters"]]
    assert arguments == ["material", "seed", "width", "height", "time", "x", "y", "log_intensity"]


def test_materials_and_their_facts(client):
    materials = client.predict(api_name="/materials")
    assert {"name": "clay_solidifying", "kind": "svbrdf"} in materials
    assert any("error" in material for material in materials)
    assert "Chen Liu" in client.predict("clay_solidifying", api_name="/material")["Credit"]


def test_an_export_is_what_the_library_shows(client):
    file = client.predict("rusting_steel", "png", 3, 64, 32, 1.5, api_name="/export")
    steel = oa.load("rusting_steel")
    picture = oa.render(steel, oa.solve(steel, seed=3, size=(64, 32), times=[1.5]))
    with Image.open(file) as shown:
        assert np.abs(np.asarray(shown, np.float32).transpose(2, 0, 1) / 255 - picture).max() < 0.004


def test_a_page_of_a_sequence(client):
    file = client.predict("rusting_steel", "page", 0, 32, 32, 0.0, 1.0, 5, api_name="/export")
    with open(file) as page:
        shown = json.loads(re.search(r"const DATA = (.*);\n", page.read())[1])["value"]
    assert shown["times"] == [0, 0.25, 0.5, 0.75, 1] and shown["size"] == [32, 32]


@pytest.mark.parametrize(
    ("endpoint", "arguments", "said"),
    [
        ("/render", ["no_such_thing"], "There is no material"),
        ("/render", ["rusting_steel", 0, 64, 64, 1e9], "time"),
        ("/export", ["rusting_steel", "png", 0, 63, 64], "63"),
        ("/export", ["rusting_steel", "gif", 0, 64, 64, 0.0, 0.0], "shows a range"),
        ("/fetch", ["../../etc/passwd"], "repository"),
        ("/fetch", ["someone/nothing"], "Hub"),
        ("/training", ["nobody", "none"], "no such training"),
        ("/trained", ["nobody", "../.."], "no such training"),
    ],
)
def test_what_is_not_possible_is_said(client, endpoint, arguments, said):
    with pytest.raises(Exception, match=said):
        client.predict(*arguments, api_name=endpoint)


def test_a_training_is_started_stopped_and_deleted(client):
    exemplar = gradio_client.handle_file(find_exemplar("lichen_spreading"))
    asked = client.predict(exemplar, "little lichen", "rgb", "quick", 3, api_name="/train")
    state = client.predict(asked["owner"], asked["key"], "pause", api_name="/training")
    assert state["status"] in ("pausing", "paused") and "little lichen" in state["summary"]
    with pytest.raises(Exception, match="no such training"):
        client.predict("another", asked["key"], "", api_name="/training")
    client.predict(asked["owner"], asked["key"], api_name="/delete_training")
    with pytest.raises(Exception, match="no such training"):
        client.predict(asked["owner"], asked["key"], "", api_name="/training")
