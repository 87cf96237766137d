"""Exports opened by independent readers: they show the images and states of the material."""

import base64
import dataclasses
import io
import json
import re
import zipfile

import imageio.v3 as iio
import numpy as np
import pytest
from materials import PLAIN, RGB, SVBRDF, little_material
from PIL import Image, ImageSequence
from raising import raises

import ode_appearance as oa
from ode_appearance.errors import RequestError
from ode_appearance.export.export_config import SUFFIXES
from ode_appearance.keyframes.codec import STEPS, unpack
from ode_appearance.media.encoders import to_bytes
from ode_appearance.ode.trajectory import Trajectory, TrajectoryCache

TIMES = [-0.25, 0.5, 1.0, 2.5]
SIZE = (24, 16)
LIGHT = oa.Light(0.3, -0.2, 0.5)


@pytest.fixture(scope="module")
def material():
    return little_material(SVBRDF)


@pytest.fixture(scope="module")
def trajectory(material):
    return oa.solve(material, seed=3, size=SIZE, times=TIMES)


@pytest.fixture(scope="module")
def pictures(material, trajectory):
    return [to_bytes(oa.render(material, trajectory, time=time, light=LIGHT)) for time in TIMES]


def exported(material, folder, format, *, times=TIMES, size=SIZE, **options):
    """Export; options that `oa.export` does not have go into the config."""
    fields = {field.name for field in dataclasses.fields(oa.ExportConfig)}
    config = oa.ExportConfig(format, **{name: options.pop(name) for name in fields & options.keys()})
    path = folder / f"made{SUFFIXES[format]}"
    assert oa.export(material, path, config, times=times, seed=3, size=size, light=LIGHT, **options) == path
    assert list(folder.iterdir()) == [path]
    return path


def luma_psnr(frame, expected):
    """Peak signal-to-noise ratio of the brightness in dB; lossy formats keep half the resolution of colours."""
    difference = (np.asarray(frame, float) - np.asarray(expected, float)) @ [0.299, 0.587, 0.114]
    return 10 * np.log10(255**2 / max(np.mean(difference**2), 1e-9))


def assert_frames_match(frames, pictures, least):
    """Each frame is as good as `least` dB, and nearer to its own picture than to any other."""
    quality = [[luma_psnr(frame, picture) for picture in pictures] for frame in frames]
    assert np.shape(quality) == (len(pictures), len(pictures))
    assert np.diag(quality).min() > least
    assert np.argmax(quality, axis=1).tolist() == list(range(len(pictures)))


# Pictures


def test_picture(tmp_path, material, pictures):
    path = exported(material, tmp_path, "png", times=TIMES[2:3])
    with Image.open(path) as picture:
        assert (picture.format, picture.mode) == ("PNG", "RGB")
        np.testing.assert_array_equal(np.asarray(picture), pictures[2])


def test_capture_light_is_the_default(tmp_path, material, trajectory):
    oa.export(material, tmp_path / "a.png", times=TIMES[:1], seed=3, size=SIZE)
    np.testing.assert_array_equal(
        np.asarray(Image.open(tmp_path / "a.png")), to_bytes(oa.render(material, trajectory.states[0]))
    )


def test_frames(tmp_path, material, pictures):
    with zipfile.ZipFile(exported(material, tmp_path, "frames")) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [*(f"little_svbrdf_{index:04d}.png" for index in range(4)), "little_svbrdf.json"]
        for name, frame in zip(archive.namelist(), pictures, strict=False):
            np.testing.assert_array_equal(np.asarray(Image.open(io.BytesIO(archive.read(name)))), frame)
        told = json.loads(archive.read("little_svbrdf.json"))
    assert told["times"] == TIMES and [oa.Light(**{**light, "colour": tuple(light["colour"])}) for light in told["lights"]] == [
        LIGHT
    ]
    assert (told["exposure"], told["tiles"]) == (0, [1, 1]) and "ages" not in told
    assert (told["seed"], told["width"], told["height"]) == (3, 24, 16)


def test_lights_orbit_from_frame_to_frame(tmp_path, material, trajectory):
    """A quarter of a turn a frame; from the centre at 0.8 of the plane's half width, beginning at the top."""
    orbiting = [oa.Light(0.3, 0.1, orbit=0.5), oa.Light(log_intensity=-0.5, orbit=0.5), oa.Light(-0.4, 0.2)]
    oa.export(material, tmp_path / "a.zip", oa.ExportConfig("frames", fps=2), times=TIMES, seed=3, size=SIZE, light=orbiting)
    far = 0.8 * material.config.camera.half_width
    places = [(0.3, 0.1, 0, far), (0.1, -0.3, far, 0), (-0.3, -0.1, 0, -far), (-0.1, 0.3, -far, 0)]
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        for number, (x, y, far_x, far_y) in enumerate(places):
            lights = [oa.Light(x, y), oa.Light(far_x, far_y, -0.5), oa.Light(-0.4, 0.2)]
            shown = np.asarray(Image.open(io.BytesIO(archive.read(f"little_svbrdf_{number:04d}.png"))), int)
            assert np.abs(shown - to_bytes(oa.render(material, trajectory.states[number], light=lights))).max() <= 1


def test_credit_is_stored(tmp_path):
    with zipfile.ZipFile(exported(little_material(PLAIN), tmp_path, "frames", times=[-0.5])) as archive:
        told = json.loads(archive.read("plain_texture.json"))
    assert told["credit"] == "A test." and told["license"] == "mit" and "lights" not in told


@pytest.mark.parametrize(("format", "least"), [("gif", 30), ("webp", 26)])
def test_animated_pictures(tmp_path, material, pictures, format, least):
    with Image.open(exported(material, tmp_path, format, fps=12.5)) as animation:
        assert animation.format == format.upper() and animation.n_frames == 4 and animation.info["loop"] == 0
        frames = [(np.asarray(frame.convert("RGB")), frame.info["duration"]) for frame in ImageSequence.Iterator(animation)]
    assert [duration for _, duration in frames] == [80] * 4
    assert_frames_match([frame for frame, _ in frames], pictures, least)


@pytest.mark.parametrize(("format", "fps", "durations"), [("gif", 30.0, [30, 40, 30, 30]), ("webp", 60.0, [17, 16, 17, 17])])
def test_durations_between_ticks(tmp_path, material, format, fps, durations):
    """The whole lasts as long as requested, to half a tick."""
    with Image.open(exported(material, tmp_path, format, fps=fps)) as animation:
        found = []
        for frame in ImageSequence.Iterator(animation):
            frame.load()
            found.append(frame.info["duration"])
    assert found == durations
    assert abs(sum(found) - 4000 / fps) <= {"gif": 5, "webp": 0.5}[format]


def test_video(tmp_path, material, pictures):
    path = exported(material, tmp_path, "mp4", fps=12.5)
    facts = iio.immeta(path, plugin="FFMPEG")
    assert facts["fps"] == 12.5 and facts["codec"] == "h264" and "yuv420p" in facts["pix_fmt"] and facts["size"] == SIZE
    frames = iio.imread(path, plugin="FFMPEG")
    assert_frames_match(frames, pictures, 26)


def test_colours_of_a_video(tmp_path, monkeypatch):
    """An image without detail only loses rounding; another colour matrix would change it by tens."""
    from ode_appearance.export import export_job

    colours = np.float32([[0.9, 0.1, 0.1], [0.1, 0.8, 0.2], [0.1, 0.2, 0.9], [0.7, 0.7, 0.2]])
    shown = iter(colours)
    monkeypatch.setattr(export_job, "render", lambda *_, **__: np.broadcast_to(next(shown)[:, None, None], (3, 16, 24)))
    frames = iio.imread(exported(little_material(PLAIN), tmp_path, "mp4"), plugin="FFMPEG")
    assert np.abs(frames - 255 * colours[:, None, None]).max() < 5


def test_odd_video_repeats_its_edge(tmp_path):
    material = little_material(PLAIN)
    frames = iio.imread(exported(material, tmp_path, "mp4", size=(15, 9)), plugin="FFMPEG")
    states = oa.solve(material, seed=3, size=(15, 9), times=TIMES).states
    padded = [np.pad(to_bytes(oa.render(material, state)), ((0, 1), (0, 1), (0, 0)), mode="edge") for state in states]
    assert frames.shape == (4, 10, 16, 3)
    assert_frames_match(frames, padded, 26)


# States


def test_states(tmp_path, material, trajectory):
    with np.load(exported(material, tmp_path, "states")) as file:
        np.testing.assert_array_equal(file["times"], trajectory.times)
        np.testing.assert_array_equal(file["states"], trajectory.states)
        assert file["states"].dtype == np.float32


def test_page(tmp_path, material, trajectory):
    """Its keyframes are the maps of the states; the viewer has its own tests."""
    text = exported(material, tmp_path, "page", exposure=0.5, tiles=(2, 1)).read_text()
    data = json.loads(re.search(r"const DATA = (.*);\n", text)[1])
    value, view = data["value"], data["view"]
    assert (value["times"], value["size"], value["seed"]) == (TIMES, list(SIZE), 3)
    assert (view["exposure"], view["tiles"], view["time"]) == (0.5, [2, 1], 1.5)
    assert [(light["x"], light["logIntensity"], light["colour"]) for light in view["lights"]] == [(0.3, 0.5, "#ffffff")]
    texels = None
    for shown, state in zip(value["keyframes"], trajectory.states, strict=True):
        maps, texels = unpack(base64.b64decode(shown["file"]["url"].partition("base64,")[2]), texels)
        wanted = np.asarray(oa.decode(material, state)["diffuse"])
        assert np.abs(np.sqrt(maps["base"]) - np.sqrt(wanted)).max() <= (STEPS["light"]["colour"] / 2 + 0.51) / 255


def test_times_are_sorted(tmp_path, material, trajectory):
    with np.load(exported(material, tmp_path, "states", times=[2.5, 0.5, -0.25, 1.0, 0.5])) as file:
        np.testing.assert_array_equal(file["states"], trajectory.states)


def test_cached_states_come_in_order(tmp_path, material, trajectory):
    """A solve yields the cached states first."""
    cache = TrajectoryCache()
    oa.solve(material, seed=3, size=SIZE, times=TIMES[1::2], cache=cache)
    with np.load(exported(material, tmp_path, "states", cache=cache)) as file:
        np.testing.assert_array_equal(file["times"], trajectory.times)
        np.testing.assert_allclose(file["states"], trajectory.states, atol=1e-5)


# Progress, and ends before the end


@pytest.mark.parametrize("format", ["frames", "states", "webp"])
def test_progress(tmp_path, material, format):
    shares = []
    exported(material, tmp_path, format, progress=shares.append)
    assert shares == sorted(shares) and shares[0] >= 0 and shares[-1] == 1 and len(set(shares)) >= 4


@pytest.mark.parametrize("format", SUFFIXES)
@pytest.mark.parametrize("after", [0, 1])
def test_stopped_export_leaves_nothing(tmp_path, material, format, after):
    path = tmp_path / f"made{SUFFIXES[format]}"
    path.write_bytes(b"an older one")
    times = TIMES[:1] if format == "png" else TIMES
    asked = iter(range(100))
    stop = {"stop": lambda: next(asked) >= after}
    assert oa.export(material, path, oa.ExportConfig(format), times=times, size=SIZE, **stop) is None
    assert list(tmp_path.iterdir()) == [path] and path.read_bytes() == b"an older one"


def test_failed_export_leaves_nothing(tmp_path, material):
    with raises(RequestError, code="solve-ended"):
        oa.export(
            material,
            tmp_path / "a.mp4",
            oa.ExportConfig("mp4"),
            times=TIMES,
            size=SIZE,
            solver=dataclasses.replace(SVBRDF.solver, max_steps=3),
        )
    assert not list(tmp_path.iterdir())


def test_full_disk(tmp_path, material, monkeypatch):
    from ode_appearance.export import exporting

    monkeypatch.setattr(exporting.shutil, "disk_usage", lambda path: type("Usage", (), {"free": 10_000})())
    with raises(RequestError, code="disk-space"):
        exported(material, tmp_path, "states")
    assert not list(tmp_path.iterdir())


def test_read_only_folder(tmp_path, material, monkeypatch):
    from ode_appearance.runtime import atomic_io

    def refused(*arguments, **options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(atomic_io.tempfile, "mkstemp", refused)
    with raises(RequestError, code="not-writable"):
        oa.export(material, tmp_path / "a.png", times=[0.0], size=SIZE)


IMPOSSIBLE = {
    "two times in a picture": ({"times": [0.0, 1.0]}, "too-many-times"),
    "another ending": ({"path": "a.jpg"}, "suffix"),
    "a folder that is not there": ({"path": "deeper/a.png"}, "no-folder"),
    "no time": ({"times": []}, "at least one"),
    "a time before the noise": ({"times": [-9.0]}, "nearest"),
    "an odd size": ({"size": (25, 16)}, "multiples of 2"),
    "a negative seed": ({"seed": -1}, "seed"),
    "a GIF too fast": ({"path": "a.gif", "config": oa.ExportConfig("gif", fps=60.0)}, "out-of-range"),
    "a WebP too wide": ({"path": "a.webp", "config": oa.ExportConfig("webp"), "size": (20000, 4)}, "too-large"),
    "a video too wide": ({"path": "a.mp4", "config": oa.ExportConfig("mp4"), "size": (20000, 4)}, "too-large"),
}


@pytest.mark.parametrize(("request_", "expected"), IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_impossible_requests(tmp_path, material, request_, expected):
    request_ = {"path": "a.png", "times": [0.0], "size": SIZE, **request_}
    path = tmp_path / request_.pop("path")
    with raises(RequestError) as refused:
        oa.export(material, path, **request_)
    message = str(refused.value)
    assert message.endswith(".") and (refused.value.code == expected or expected in message)
    assert not list(tmp_path.iterdir())


# Estimates


FORMS = [
    *(oa.ExportConfig(format) for format in SUFFIXES if format != "maps"),
    *(
        oa.ExportConfig("maps", map_format=map_format, map_values=values)
        for map_format in ("png8", "png16", "exr")
        for values in ("engine", "raw")
    ),
]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: f"{form.format}-{form.map_format}-{form.map_values}")
@pytest.mark.parametrize("config", [RGB, SVBRDF], ids=["rgb", "svbrdf"])
def test_estimate(tmp_path, config, form, monkeypatch):
    """For fine, slowly changing grain, like the textures that the estimate is for."""
    from ode_appearance.export import exporting

    width, height, count = 96, 64, 1 if form.format == "png" else 16
    first, last = np.random.default_rng(0).standard_normal((2, config.architecture.channels, height, width), np.float32)
    angles = np.linspace(0, 1, count, dtype=np.float32)[:, None, None, None]
    states = 0.2 * (np.cos(angles) * first + np.sin(angles) * last)
    times = np.linspace(0, 2, count, dtype=np.float32)
    solved = Trajectory(times, states, "complete", {"time": 2.0})
    monkeypatch.setattr(exporting, "solve_stream", lambda *_, **__: iter([solved]))
    path = tmp_path / f"a{SUFFIXES[form.format]}"
    oa.export(little_material(config), path, form, times=times, size=(width, height))
    estimate = oa.estimate_bytes(config, form, size=(width, height), frames=count)
    assert 0.5 < path.stat().st_size / estimate < 2


def test_failed_encoder_leaves_nothing(tmp_path, material, monkeypatch):
    """Such as one with an unknown codec."""
    from ode_appearance.media import encoders

    monkeypatch.setattr(encoders, "h264", lambda crf: encoders.VideoEncoding("no_such_codec", "yuv420p", ()))
    with pytest.raises(RequestError, match="ffmpeg"):
        exported(material, tmp_path, "mp4")
    assert not list(tmp_path.iterdir())
