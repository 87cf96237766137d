"""The app's API, as programs use it."""

import contextlib
import json
import re
import time

import gradio_client
import numpy as np
import pytest
from gradio_client.exceptions import AppError
from made_up import psnr
from PIL import Image

import ode_appearance as oa
from ode_appearance.data.dataset import find_exemplar
from ode_appearance.shading.lights import linear_colour

LITTLE = {"dim": 8, "dim_mults": [1], "attention": None, "state_size": 32, "exemplar_size": 32, "features": "patch"}


@pytest.fixture(scope="module")
def client(app):
    """A program's connection to the app."""
    return gradio_client.Client(app, verbose=False)


def test_every_action_has_a_name_a_description_and_a_schema(client):
    named = client.view_api(return_format="dict", print_info=False)["named_endpoints"]
    assert set(named) == {
        "/materials", "/material", "/estimate", "/render", "/export", "/snippet", "/search_hub", "/fetch", "/train",
        "/trainings", "/training", "/training_picture", "/open_trained", "/trained", "/rename_training", "/publish_training",
        "/delete_training", "/look_at_exemplar", "/estimate_training", "/estimate_export",
    }  # fmt: skip
    assert all(facts["description"] for facts in named.values())
    for argument in (argument for facts in named.values() for argument in facts["parameters"]):
        assert isinstance(argument["type"].get("type"), str), (
            f"{argument['parameter_name']}: tools need a JSON schema of every argument"
        )
    arguments = [argument["parameter_name"] for argument in named["/render"]["parameters"]]
    assert arguments == ["material", "seed", "width", "height", "time", "x", "y", "log_intensity", "view", "age", "start"]


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


LIGHTS = [
    {"kind": "point", "x": 0.3, "y": -0.2, "height": 0.8, "logIntensity": 0.2, "colour": "#ffe0c0"},
    {"kind": "directional", "x": -0.5, "y": 0.4, "height": 0.6, "logIntensity": -0.3, "colour": "#4080ff"},
]
VIEW = {"lights": LIGHTS, "exposure": 0.5, "tiles": [2, 1], "age_range": [-1.0, 2.0]}


def test_lights_exposure_tiles_and_ages_are_rendered_exported_and_written_down(client, tmp_path):
    grey = np.uint8(np.linspace(0, 255, 32) * np.ones((32, 1)))
    age = tmp_path / "age.png"
    Image.fromarray(grey).save(age)
    seen = [1.0, 0.0, 0.0, None, VIEW, gradio_client.handle_file(age)]
    with Image.open(client.predict("clay_solidifying", 0, 32, 32, *seen, api_name="/render")) as shown:
        rendered = np.asarray(shown, np.float32).transpose(2, 0, 1) / 255
    assert rendered.shape == (3, 32, 64)
    more = ["png8", "engine", *seen[1:]]
    file = client.predict("clay_solidifying", "png", 0, 32, 32, 1.0, 0.0, 60, 20.0, *more, api_name="/export")
    with Image.open(file) as shown:
        assert np.abs(np.asarray(shown, np.float32).transpose(2, 0, 1) / 255 - rendered).max() < 0.005  # that is truncated

    clay = oa.load("clay_solidifying")
    lights = [
        oa.Light(0.3, -0.2, 0.2, height=0.8, colour=linear_colour("#ffe0c0")),
        oa.Light(-0.5, 0.4, -0.3, kind="directional", height=0.6, colour=linear_colour("#4080ff")),
    ]
    ages = grey / np.float32(255) * 3 - 1
    span = clay.config.times
    trajectory = oa.solve(clay, size=(32, 32), times=np.linspace(-span.warmup, span.duration, 64))
    picture = oa.render(clay, trajectory, time=1.0, light=lights, exposure=0.5, tiles=(2, 1), age=ages)
    assert psnr(rendered, picture) > 40, "but for where the keyframes lie"

    program = client.predict("clay_solidifying", 0, 32, 32, *seen[:-1], api_name="/snippet")
    known = {}
    exec(program, known)
    assert (
        psnr(np.asarray(known["picture"]), oa.render(clay, trajectory, time=1.0, light=lights, exposure=0.5, tiles=(2, 1))) > 40
    )


@pytest.mark.parametrize("form", ["PNG", "PPM"])
def test_ages_that_are_too_large_or_of_another_format_are_refused_at_once(client, tmp_path, form):
    """A few kilobytes that unpack to 100 million pixels; and a format that no exemplar has."""
    path = tmp_path / "age.png"
    if form == "PNG":
        Image.new("1", (10_000, 10_000)).save(path)
        assert path.stat().st_size < 20_000
    else:
        Image.new("RGB", (8, 8)).save(path, form)
    given = [0.0, 0.0, 0.0, None, {}, gradio_client.handle_file(path)]
    started = time.monotonic()
    with pytest.raises(AppError, match=r"(million|known format)"):
        client.predict("clay_solidifying", 0, 32, 32, *given, api_name="/render")
    with pytest.raises(AppError, match=r"(million|known format)"):
        client.predict(
            "clay_solidifying", "png", 0, 32, 32, 0.0, 0.0, 60, 20.0, "png8", "engine", *given[1:], api_name="/export"
        )
    assert time.monotonic() - started < 20


def test_a_map_by_itself_is_rendered_exported_and_written_down(client):
    given = ["clay_solidifying", 0, 32, 32, 1.0, 0.0, 0.0, None, {"channel": "height"}]
    clay = oa.load("clay_solidifying")
    expected = oa.render(clay, oa.solve(clay, size=(32, 32), times=[1.0]), channel="height")
    file = client.predict(*given[:1], "png", *given[1:5], 0.0, 60, 20.0, "png8", "engine", *given[5:], api_name="/export")
    for path in (client.predict(*given, api_name="/render"), file):
        with Image.open(path) as shown:
            assert psnr(np.asarray(shown, np.float32).transpose(2, 0, 1) / 255, expected) > 45
    known = {}
    exec(client.predict(*given, api_name="/snippet"), known)
    assert psnr(known["picture"], expected) > 60 and known["values"].shape == (1, 32, 32)


def test_the_size_of_an_export_is_told_before_it(client):
    asked = ["clay_solidifying", "frames", 32, 32, 0.0, 1.0, 3, "png8", "engine", {"tiles": [2, 1]}]
    told = client.predict(*asked, api_name="/estimate_export")
    assert (told["width"], told["height"], told["frames"]) == (64, 32, 3) and 2000 < told["bytes"] < 40_000
    assert client.predict("clay_solidifying", api_name="/estimate_export")["frames"] == 1
    with pytest.raises(Exception, match="shows a range"):
        client.predict("clay_solidifying", "mp4", api_name="/estimate_export")


def test_an_export_that_is_cancelled_is_stopped(client):
    """Its file would take minutes; the next one is there long before."""
    job = client.submit("clay_solidifying", "mp4", 0, 512, 512, 0.0, 5.0, 1000, api_name="/export")
    while job.status().code.name not in ("PROCESSING", "ITERATING"):
        time.sleep(0.2)
    job.cancel()
    began = time.monotonic()
    client.predict("rusting_steel", "png", 0, 32, 32, 0.5, api_name="/export")
    for _ in range(3):
        assert client.predict("clay_solidifying", 128, 128, -1.0, 5.0, api_name="/estimate")["keyframes"] == 64
    assert time.monotonic() - began < 60


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
        ("/render", ["clay_solidifying", 0, 64, 64, 1.0, 0, 0, 0, {"light": 1}], "view"),
        ("/render", ["clay_solidifying", 0, 64, 64, 1.0, 0, 0, 0, {"lights": [1]}], "light"),
        ("/render", ["clay_solidifying", 0, 64, 64, 1.0, 0, 0, 0, {"age_range": [1]}], "age range"),
        ("/render", ["rusting_steel", 0, 64, 64, 1.0, 0, 0, 0, {"channel": "normal"}], "no channel"),
        ("/estimate_export", ["clay_solidifying", "png", 63, 64], "63"),
        ("/estimate_export", ["clay_solidifying", "gif", 64, 64, 0.0, 1.0, 9999], "1000 frames"),
        ("/estimate", ["rusting_steel", 64, 63], "63"),
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


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["../../etc"], "can start from"),
        (["rusting_steel", {"state_size": 63}], "multiple"),
        (["rusting_steel", {"lr": 1}], "lr"),
        (["", {"learning_rate": 7}], "learning_rate"),
    ],
)
def test_what_cannot_be_trained_is_said(client, more, said):
    exemplar = gradio_client.handle_file(find_exemplar("lichen_spreading"))
    with pytest.raises(Exception, match=said):
        client.predict(exemplar, "lichen", "rgb", "quick", 3, "", "", "me", *more, api_name="/train")
    assert client.predict("me", api_name="/trainings") == []


def test_a_training_is_started_stopped_and_deleted(client):
    exemplar = gradio_client.handle_file(find_exemplar("lichen_spreading"))
    asked = client.predict(exemplar, "little lichen", "rgb", "quick", 9999, "", "", "", "", LITTLE, api_name="/train")
    owned = [asked["owner"], asked["key"]]
    for endpoint, said in (("/training_picture", "no picture"), ("/open_trained", "no material"), ("/trained", "no material")):
        with pytest.raises(Exception, match=said):
            client.predict(*owned, api_name=endpoint)
    state = client.predict(asked["owner"], asked["key"], "pause", api_name="/training")
    assert state["status"] in ("pausing", "paused") and "little lichen" in state["summary"]
    with contextlib.suppress(AppError):  # while it pauses it cannot be
        client.predict(*owned, "small lichen", api_name="/rename_training")
    (only,) = client.predict(asked["owner"], api_name="/trainings")
    assert only["key"] == asked["key"] and only["name"] in ("little lichen", "small lichen")
    with pytest.raises(Exception, match="no material"):
        client.predict(*owned, "someone/lichen", "hf_none", True, api_name="/publish_training")
    with pytest.raises(Exception, match="no such training"):
        client.predict("another", asked["key"], "", api_name="/training")
    client.predict(asked["owner"], asked["key"], api_name="/delete_training")
    with pytest.raises(Exception, match="no such training"):
        client.predict(asked["owner"], asked["key"], "", api_name="/training")
