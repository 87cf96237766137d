"""Exports with painted ages, many lights and tiles: the same images and maps as the library's."""

import dataclasses
import io
import json
import zipfile

import imageio.v3 as iio
import numpy as np
import OpenEXR
import pytest
from materials import RGB, SVBRDF, little_material
from PIL import Image, ImageSequence
from raising import raises
from test_export import assert_frames_match

import ode_appearance as oa
from ode_appearance.errors import RequestError
from ode_appearance.export import age_keyframes, aged_frames, export_checks
from ode_appearance.export.age_keyframes import AgeKeyframes, age_keyframe_bytes, default_keyframes
from ode_appearance.export.age_map_png import read_age_image
from ode_appearance.export.export_config import SUFFIXES
from ode_appearance.media.encoders import to_bytes
from ode_appearance.rendering.age_map import aged_maps

SIZE = (24, 16)
TIMES = [0.5, 1.0, 1.5]
KEYFRAMES = np.linspace(-0.25, 2.5, 12).tolist()
AGES = np.float32(np.linspace(-0.5, 0.9, 24) * np.ones((16, 1)))
SHOWN = {
    "light": [oa.Light(0.3, -0.2, 0.5), oa.Light(-0.2, 0.4, 0.2, "directional", 0.6, (1.0, 0.5, 0.2))],
    "exposure": 0.5,
    "tiles": (2, 1),
}


@pytest.fixture(scope="module", params=[RGB, SVBRDF], ids=["rgb", "svbrdf"])
def material(request):
    return little_material(request.param)


@pytest.fixture(scope="module")
def trajectory(material):
    return oa.solve(material, seed=3, size=SIZE, times=KEYFRAMES)


@pytest.fixture(scope="module")
def pictures(material, trajectory):
    return [to_bytes(oa.render(material, trajectory, time=time, age=AGES, **SHOWN)) for time in TIMES]


def exported(material, folder, format="png", *, times=TIMES, **options):
    """Export; options that `oa.export` does not have go into the config."""
    fields = {field.name for field in dataclasses.fields(oa.ExportConfig)}
    config = oa.ExportConfig(format, **{name: options.pop(name) for name in fields & options.keys()})
    path = folder / f"made{SUFFIXES[format]}"
    assert oa.export(material, path, config, times=times, seed=3, size=SIZE, **options) == path
    return path


def within_a_level(picture, expected):
    assert np.abs(np.asarray(picture, int) - np.asarray(expected, int)).max() <= 1


def test_lights_exposure_and_tiles_are_as_rendered(tmp_path, material):
    state = oa.solve(material, seed=3, size=SIZE, times=TIMES[:1]).states[0]
    picture = Image.open(exported(material, tmp_path, times=TIMES[:1], **SHOWN))
    assert picture.size == (48, 16)
    np.testing.assert_array_equal(picture, to_bytes(oa.render(material, state, **SHOWN)))


def test_zero_ages_give_the_same_bytes(tmp_path, material):
    plain = exported(material, tmp_path, "frames", **SHOWN).read_bytes()
    assert exported(material, tmp_path, "frames", age=np.zeros_like(AGES), keyframes=KEYFRAMES, **SHOWN).read_bytes() == plain


def test_aged_frames_are_as_rendered(tmp_path, material, pictures):
    with zipfile.ZipFile(exported(material, tmp_path, "frames", age=AGES, keyframes=KEYFRAMES, **SHOWN)) as archive:
        stills = [name for name in archive.namelist() if name.endswith(("0.png", "1.png", "2.png"))]
        for name, expected in zip(stills, pictures, strict=True):
            within_a_level(Image.open(io.BytesIO(archive.read(name))), expected)
        told = json.loads(archive.read(f"{material.name}.json"))
        ages = told["ages"]
        (tmp_path / "age.png").write_bytes(archive.read(ages["picture"]))
    assert told["exposure"] == 0.5 and told["tiles"] == [2, 1]
    assert ("lights" in told) == (material.config.brdf is not None)
    read = read_age_image(tmp_path / "age.png", SIZE, (ages["black"], ages["white"]))
    np.testing.assert_allclose(read, AGES, atol=1e-4)


@pytest.mark.parametrize("format", ["gif", "webp", "mp4"])
def test_aged_animations(tmp_path, pictures, material, format):
    path = exported(material, tmp_path, format, age=AGES, keyframes=KEYFRAMES, **SHOWN)
    if format == "mp4":
        frames = iio.imread(path, plugin="FFMPEG")
    else:
        frames = [np.asarray(frame.convert("RGB")) for frame in ImageSequence.Iterator(Image.open(path))]
    assert_frames_match(frames, pictures, 24)


def test_aged_maps(tmp_path, material, trajectory):
    path = exported(
        material, tmp_path, "maps", times=TIMES[:1], map_format="exr", map_values="raw", age=AGES, keyframes=KEYFRAMES
    )
    expected = aged_maps(material, trajectory, TIMES[0], AGES)
    with zipfile.ZipFile(path) as archive:
        assert json.loads(archive.read(f"{material.name}.json"))["ages"]["picture"] in archive.namelist()
        for name, values in expected.items():
            with OpenEXR.File(io.BytesIO(archive.read(f"{material.name}_{name}.exr"))) as file:
                ((_, channel),) = file.channels().items()
                np.testing.assert_allclose(np.moveaxis(np.atleast_3d(channel.pixels), 2, 0), values, atol=1e-5)


def test_default_keyframes_are_exact_without_age_and_close_elsewhere(tmp_path, material):
    ages = np.where(np.arange(24) < 12, np.float32(0), np.float32(0.83)) * np.ones((16, 1), np.float32)
    picture = np.asarray(Image.open(exported(material, tmp_path, times=TIMES[1:2], age=ages)))
    now, later = oa.solve(material, seed=3, size=SIZE, times=[1.0, 1.83]).states
    within_a_level(picture[:, :12], to_bytes(oa.render(material, now))[:, :12])
    difference = picture[:, 13:].astype(int) - to_bytes(oa.render(material, later))[:, 13:]
    assert np.abs(difference).mean() < 2


def test_ages_are_clipped_to_the_solvable_times(tmp_path, material):
    picture = Image.open(exported(material, tmp_path, times=TIMES[:1], age=np.full_like(AGES, -50.0)))
    within_a_level(picture, to_bytes(oa.render(material, oa.solve(material, seed=3, size=SIZE, times=[-0.5]).states[0])))


def test_default_keyframes_reach_all_ages_and_are_dense_in_the_warm_up():
    keyframes = default_keyframes(RGB, np.float32([0.1, 1.9]), np.float32([[-9.0, 0.5]]))
    assert keyframes[0] == -0.5 and keyframes[-1] == np.float32(2.4) and {0.1, 1.9} <= set(keyframes.astype(float).round(6))
    steps = np.diff(keyframes)
    assert steps[keyframes[1:] <= 0].max() < 0.011 and steps.max() < 0.032


def test_held_keyframes_match_the_estimate(tmp_path, monkeypatch, material):
    held, blend = [], aged_frames.blend
    monkeypatch.setattr(aged_frames, "blend", lambda known, *rest: held.append(len(known)) or blend(known, *rest))
    ages = np.float32(0.2) * np.sign(AGES)
    exported(material, tmp_path, "frames", age=ages, keyframes=KEYFRAMES)
    aging = AgeKeyframes(ages, np.float32(KEYFRAMES)).restricted_to(np.float32(TIMES))
    assert len(held) == 3 and max(held) <= aging.max_held(np.float32(TIMES)) < len(aging.keyframes) < len(KEYFRAMES)


def test_keyframes_exceed_memory(tmp_path, monkeypatch):
    needed = age_keyframe_bytes(SVBRDF, SIZE, 12)
    assert needed == 12 * 4 * 12 * 24 * 16
    monkeypatch.setattr(age_keyframes, "free_host_bytes", lambda: needed // 2)
    with raises(RequestError, code="memory"):
        exported(little_material(SVBRDF), tmp_path, age=20 * AGES, keyframes=KEYFRAMES, times=TIMES[:1])
    monkeypatch.setattr(export_checks, "free_host_bytes", lambda: 1000)
    with raises(RequestError, code="memory"):
        exported(little_material(SVBRDF), tmp_path, "gif")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("format", ["frames", "maps"])
def test_progress_and_stop(tmp_path, material, format):
    shares = []
    path = exported(material, tmp_path, format, age=AGES, keyframes=KEYFRAMES, progress=shares.append)
    assert shares == sorted(shares) and shares[-1] == 1 and len(set(shares)) >= 6
    path.unlink()
    for after in (0, 5, 9):
        asked = iter(range(100))
        options = {"age": AGES, "keyframes": KEYFRAMES, "stop": lambda asked=asked, after=after: next(asked) >= after}
        assert oa.export(material, path, oa.ExportConfig(format), times=TIMES, size=SIZE, **options) is None
        assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"format": "states"}, "states"),
        ({"age": AGES[:-1]}, "(16, 24)"),
        ({"age": np.full_like(AGES, np.nan)}, "finite"),
        ({"keyframes": [1.0, 2.0]}, "out-of-range"),
        ({"exposure": 99.0}, "stops"),
        ({"tiles": (1, 0)}, "1x0"),
        ({"format": "webp", "tiles": (1000, 1)}, "too-large"),
    ],
)
def test_impossible_requests(tmp_path, material, options, expected):
    with raises(RequestError) as refused:
        exported(material, tmp_path, **{"format": "frames", "age": AGES, "keyframes": KEYFRAMES, **options})
    assert refused.value.code == expected or expected in str(refused.value)
    assert not list(tmp_path.iterdir())
