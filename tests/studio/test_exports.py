"""Exports from the app: what is seen, as a file that others can read."""

import asyncio
import io
import time
import zipfile

import numpy as np
import pytest
from PIL import Image
from test_handlers import FIELD_VALUES

import ode_appearance as oa
from ode_appearance.errors import AppearanceError
from ode_appearance.studio.handlers import Studio
from ode_appearance.studio.materials import Collection

FIELDS = {**FIELD_VALUES, "width": 32, "height": 16}
OPTIONS = {"format": "png", "map_format": "png8", "map_values": "engine", "sequence": False, "frames": 3, "fps": 10.0}
LIGHT = {"kind": "point", "x": 0.2, "y": -0.1, "height": 1, "logIntensity": 0.3, "colour": "#ffffff"}
SEEN = {"time": 0.5, "lights": [LIGHT], "surface": "flat", "painted": 0, "exposure": 0}


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
    assert said[0].startswith("Exporting, about") and "MB" in said[-1] and path.suffix == ".png"
    material = oa.load("clay_solidifying")
    solver = oa.SolverConfig("heun", step=0.2)
    trajectory = oa.solve(material, size=(32, 16), times=[0.5], solver=solver)
    expected = np.asarray(oa.render(material, trajectory.states[0], light=oa.Light(0.2, -0.1, 0.3)))
    picture = np.asarray(Image.open(path), np.float32).transpose(2, 0, 1) / 255
    assert np.abs(picture - expected).max() < 0.01


def test_what_is_left_out_is_told(studio):
    lights = [{**LIGHT, "kind": "directional"}, LIGHT]
    said, path = exported(studio, "clay_solidifying", {**SEEN, "lights": lights, "painted": 3})
    assert "Painted ages" in said[-1] and "first light" in said[-1] and path.exists()


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
