"""Exports from the app: what is seen, as a file that others can read."""

import asyncio
import base64
import io
import json
import re
import time
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image
from test_handlers import FIELD_VALUES

import ode_appearance as oa
from ode_appearance.app.actions.handlers import Studio
from ode_appearance.app.materials.shipped_materials import Collection
from ode_appearance.app.solving.requests import solve_request
from ode_appearance.errors import AppearanceError
from ode_appearance.media.encoders import to_bytes

FIELDS = {**FIELD_VALUES, "width": 32, "height": 16}
OPTIONS = {"format": "png", "map_format": "png8", "map_values": "engine", "sequence": False, "frames": 3, "fps": 10.0}
LIGHT = {"kind": "point", "x": 0.2, "y": -0.1, "height": 1, "logIntensity": 0.3, "colour": "#ffffff"}
SEEN = {"time": 0.5, "lights": [LIGHT], "surface": "flat", "exposure": 0}


@pytest.fixture(scope="module")
def studio(checkpoints):
    studio = Studio(Collection(checkpoints))
    yield studio
    studio.worker.close()


def exported(studio, material, seen=SEEN, **options):
    """The sentences that were said, and the file."""

    async def all_of():
        stream = studio.exports.export("tab", material, FIELDS, seen, {**OPTIONS, **options})
        return [said async for said in stream]

    said = asyncio.run(all_of())
    return [sentence for sentence, _ in said], said[-1][1]


def test_a_picture_is_what_the_library_renders(studio):
    said, path = exported(studio, "clay_solidifying")
    assert said[0].startswith("Exporting, about") and "KB." in said[-1] and path.suffix == ".png"
    material = oa.load("clay_solidifying")
    solver = oa.SolverConfig("heun", step=0.2)
    trajectory = oa.solve(material, size=(32, 16), times=[0.5], solver=solver)
    expected = np.asarray(oa.render(material, trajectory.states[0], light=oa.Light(0.2, -0.1, 0.3)))
    picture = np.asarray(Image.open(path), np.float32).transpose(2, 0, 1) / 255
    assert np.abs(picture - expected).max() < 0.01


def packed(ages):
    """Ages as web/scripts/ages/packed-ages.js sends them."""
    height, width = ages.shape
    return {"size": [width, height], "data": base64.b64encode(zlib.compress(ages.astype("<f4").tobytes())).decode()}


def test_all_lights_exposure_tiles_and_painted_ages_are_exported(studio):
    other = {**LIGHT, "kind": "directional", "x": -0.4, "height": 0.5, "colour": "#ff8040", "orbit": 0.2}
    ages = np.float32(np.linspace(-2, 3, 32) * np.ones((16, 1)))
    seen = {**SEEN, "lights": [LIGHT, other], "exposure": 0.5, "tiles": [2, 1], "zoom": 1, "ages": packed(ages)}
    said, path = exported(studio, "clay_solidifying", seen)
    assert "as seen" not in said[-1]
    material = oa.load("clay_solidifying")
    request = solve_request("clay_solidifying", material.config, FIELDS)
    trajectory = oa.solve(material, size=(32, 16), times=request.times, solver=request.solver)
    lights = [
        oa.Light(0.2, -0.1, 0.3),
        oa.Light(-0.4, -0.1, 0.3, "directional", 0.5, (1.0, (128 / 255) ** 2.2, (64 / 255) ** 2.2)),
    ]
    expected = oa.render(material, trajectory, time=0.5, light=lights, exposure=0.5, tiles=(2, 1), age=ages)
    assert np.abs(np.asarray(Image.open(path), int) - to_bytes(expected)).max() <= 1


def test_a_page_opens_as_it_was_seen(studio):
    orbiting = {**LIGHT, "orbit": 0.2}
    seen = {
        **SEEN,
        "time": 0.7,
        "lights": [orbiting],
        "surface": "sphere",
        "turn": [0.5, 0.1],
        "channel": "normal",
        "second": "kept",
    }
    _, path = exported(studio, "clay_solidifying", {**seen, "zoom": "<b>"}, format="page", frames=3)
    view = json.loads(re.search(r"const DATA = (.*);\n", path.read_text())[1])["view"]
    assert view == {
        "time": 0.7, "exposure": 0, "tiles": [1, 1], "lights": [orbiting], "surface": "sphere", "turn": [0.5, 0.1],
        "channel": "normal",
    }  # fmt: skip
    _, path = exported(studio, "rusting_steel", {**seen, "time": 99}, format="page", frames=3)
    view = json.loads(re.search(r"const DATA = (.*);\n", path.read_text())[1])["view"]
    assert view["lights"] == [orbiting] and view["channel"] == "lit" and view["time"] == 1


def test_what_is_left_out_is_told(studio):
    seen = {**SEEN, "surface": "sphere", "zoom": 2, "channel": "normal", "second": "kept"}
    said, path = exported(studio, "clay_solidifying", seen)
    for sentence in ("in sight", "beside", "Save this picture"):
        assert sentence in said[-1]
    assert path.exists()
    assert "as seen" not in exported(studio, "clay_solidifying", seen, format="maps")[0][-1]


def test_a_map_by_itself_is_exported_as_it_is_seen(studio):
    said, path = exported(studio, "clay_solidifying", {**SEEN, "channel": "roughness_u", "tiles": [2, 1]})
    assert "as seen" not in said[-1]
    material = oa.load("clay_solidifying")
    solver = solve_request("clay_solidifying", material.config, FIELDS).solver
    state = oa.solve(material, size=(32, 16), times=[0.5], solver=solver).states[0]
    expected = np.tile(np.asarray(oa.decode(material, state)["roughness_u"]), (3, 1, 2))
    picture = np.asarray(Image.open(path), np.float32).transpose(2, 0, 1) / 255
    assert np.abs(picture - expected).max() < 0.005


def test_what_is_estimated_is_about_as_large_as_the_file(studio):
    for options in ({}, {"format": "frames", "frames": 4}, {"format": "maps", "sequence": True}, {"format": "states"}):
        seen = {**SEEN, "tiles": [2, 1]}
        plan = studio.exports.estimate("clay_solidifying", FIELDS, seen, {**OPTIONS, **options})
        _, path = exported(studio, "clay_solidifying", seen, **options)
        assert plan.bytes / 2.5 < path.stat().st_size < 2.5 * plan.bytes, options
    assert plan.describe() == f"About {plan.bytes / 1000:.0f} KB: 32×16, 3 frames."
    with pytest.raises(AppearanceError, match="50 frames per second"):
        studio.exports.estimate("clay_solidifying", FIELDS, SEEN, {**OPTIONS, "format": "gif", "fps": 100.0})


@pytest.mark.parametrize("name", ["clay_solidifying", "rusting_steel"])
def test_a_solid_is_exported_as_it_is_seen(studio, name):
    seen = {**SEEN, "lights": [LIGHT], "surface": "cylinder", "turn": [0.5, 0.1], "tiles": [1, 2]}
    said, path = exported(studio, name, seen)
    assert "as seen" not in said[-1]
    material = oa.load(name)
    request = solve_request(name, material.config, FIELDS)
    trajectory = oa.solve(material, size=(32, 16), times=[0.5], solver=request.solver)
    light, surface = oa.Light(0.2, -0.1, 0.3), oa.Surface("cylinder", (0.5, 0.1))
    expected = oa.render(material, trajectory, light=light, tiles=(1, 2), surface=surface)
    shown = np.asarray(Image.open(path), int)
    assert shown.shape == (32, 32, 3) and np.abs(shown - to_bytes(expected)).max() <= 1


def test_lights_that_orbit_go_round_in_an_animation(studio):
    said, path = exported(studio, "clay_solidifying", {**SEEN, "lights": [{**LIGHT, "orbit": 0.5}]}, format="frames", fps=2.0)
    assert "as seen" not in said[-1]
    material = oa.load("clay_solidifying")
    request = solve_request("clay_solidifying", material.config, FIELDS)
    times = np.linspace(request.times[0], request.times[-1], 3)
    trajectory = oa.solve(material, size=(32, 16), times=times, solver=request.solver)
    places = [(0.2, -0.1), (-0.1, -0.2), (-0.2, 0.1)]  # a quarter of a turn clockwise each, as seen from above
    with zipfile.ZipFile(path) as archive:
        for number, (x, y) in enumerate(places):
            shown = np.asarray(Image.open(io.BytesIO(archive.read(f"clay_solidifying_{number:04d}.png"))), int)
            expected = oa.render(material, trajectory.states[number], light=oa.Light(x, y, 0.3))
            assert np.abs(shown - to_bytes(expected)).max() <= 1


def test_an_animation_shows_the_range_and_maps_show_the_time(studio):
    _, path = exported(studio, "rusting_steel", format="gif")
    assert Image.open(path).n_frames == 3
    earlier = path
    _, path = exported(studio, "clay_solidifying", format="maps")
    assert not earlier.exists()  # a tab has one file at a time
    with zipfile.ZipFile(path) as archive:
        names = archive.namelist()
        diffuse = next(name for name in names if "diffuse" in name or "basecolor" in name)
        assert Image.open(io.BytesIO(archive.read(diffuse))).size == (32, 16)


@pytest.mark.parametrize(
    "seen, options, sentence",
    [
        ({}, {}, "Time"),
        (None, {}, "Time"),
        (SEEN, {"format": "exe"}, "one of"),
        (SEEN, {"format": "gif", "frames": 100_000}, "from 2 to 1000"),
        (SEEN, {"sequence": True}, "one time"),
        ({**SEEN, "lights": [{"x": "left"}]}, {}, "number"),
        ({**SEEN, "time": -100}, {}, "warm-up|-100"),
        ({**SEEN, "lights": [LIGHT] * 9}, {}, "up to 8"),
        ({**SEEN, "lights": ["white"]}, {}, "A light has"),
        ({**SEEN, "lights": [{**LIGHT, "colour": "<b>"}]}, {}, "#ff8040"),
        ({**SEEN, "lights": [{**LIGHT, "kind": "spot"}]}, {}, "point, directional"),
        ({**SEEN, "exposure": "bright"}, {}, "Exposure"),
        ({**SEEN, "channel": "metallic"}, {}, "it has lit, diffuse"),
        ({**SEEN, "channel": [{}]}, {"format": "gif"}, "it has lit, diffuse"),
        ({**SEEN, "exposure": 1e9}, {}, "stops"),
        ({**SEEN, "tiles": "many"}, {}, "Tiles"),
        ({**SEEN, "tiles": [0.5, 1]}, {}, "whole number"),
        ({**SEEN, "tiles": [10**6, 10**6]}, {}, "fewer"),
        ({**SEEN, "ages": "older"}, {}, "size and data"),
        ({**SEEN, "ages": packed(np.ones((32, 16)))}, {}, "surface of 32x16"),
        ({**SEEN, "ages": {"size": [32, 16], "data": "<>"}}, {}, "did not arrive"),
        ({**SEEN, "ages": {"size": [32, 16], "data": "abcd"}}, {}, "did not arrive"),
        ({**SEEN, "ages": {**packed(np.ones((8, 8))), "size": [32, 16]}}, {}, "each place"),
        ({**SEEN, "ages": {**packed(np.ones((999, 999))), "size": [32, 16]}}, {}, "each place"),
        ({**SEEN, "ages": packed(np.full((16, 32), np.nan))}, {}, "finite"),
        ({**SEEN, "ages": packed(np.ones((16, 32)))}, {"format": "states"}, "painted ages"),
    ],
)
def test_what_is_not_possible_is_told(studio, seen, options, sentence):
    with pytest.raises(AppearanceError, match=sentence):
        exported(studio, "clay_solidifying", seen, **options)


def test_it_can_be_cancelled(studio):
    async def cancelled():
        stream = studio.exports.export("tab", "clay_solidifying", {**FIELDS, "width": 64, "height": 64}, SEEN, {
            **OPTIONS, "format": "frames", "frames": 900,
        })  # fmt: skip
        said = []
        async for sentence, path in stream:
            said.append((sentence, path))
            studio.exports.stop("tab")
        return said

    began = time.monotonic()
    assert asyncio.run(cancelled())[-1] == ("Stopped.", None)
    assert time.monotonic() - began < 60
