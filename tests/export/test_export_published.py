"""`sample --published` writes the published samplers' output; opened by independent readers."""

import dataclasses
import shutil

import imageio.v3 as iio
import numpy as np
import pytest
from materials import PLAIN, SVBRDF, little_material
from PIL import Image, ImageSequence
from raising import raises

import ode_appearance as oa
from ode_appearance.config.schema import Camera
from ode_appearance.errors import RequestError
from ode_appearance.export.published.sample_frames import rotating, stitch
from ode_appearance.export.published.samplers import sampling_times
from ode_appearance.media.encoders import to_bytes
from ode_appearance.shading.brdf import BRDF_MODELS

RGB_SIZE, SVBRDF_SIZE = (41, 36), (34, 32)
"""One width is odd: rows of a raw video are padded."""


@pytest.fixture(scope="module")
def exemplar(tmp_path_factory):
    """Four frames of 64x64, half a second each: grey with a moving stripe."""
    path = tmp_path_factory.mktemp("exemplar") / "a.gif"
    frames = [Image.new("RGB", (64, 64), (60 * index + 20,) * 3) for index in range(4)]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=500)
    return path


@pytest.fixture(scope="module")
def rgb(tmp_path_factory, exemplar):
    folder = tmp_path_factory.mktemp("rgb") / "out"
    shares = []
    made = oa.write_published(little_material(PLAIN), folder, size=RGB_SIZE, exemplar=exemplar, progress=shares.append)
    assert sorted(made) == sorted(folder.iterdir()) and [*folder.parent.iterdir()] == [folder]
    assert shares == sorted(shares) and shares[-1] == pytest.approx(1)
    return folder


@pytest.fixture(scope="module")
def svbrdf(tmp_path_factory, exemplar):
    folder = tmp_path_factory.mktemp("svbrdf") / "out"
    assert len(oa.write_published(little_material(SVBRDF), folder, size=SVBRDF_SIZE, exemplar=exemplar)) == 12
    return folder


def of_model(brdf):
    """A small material with another BRDF model."""
    channels = BRDF_MODELS[brdf].channels + 1
    architecture = dataclasses.replace(SVBRDF.architecture, channels=channels, dim_mults=(1,))
    return little_material(dataclasses.replace(SVBRDF, brdf=brdf, architecture=architecture))


@pytest.fixture(scope="module")
def states():
    """The states of the SVBRDF's frames."""
    return oa.solve(little_material(SVBRDF), seed=42, size=SVBRDF_SIZE, times=np.linspace(0, 2, 4)).states


def frames_of(folder, prefix):
    files = sorted(folder.glob("*.png"))
    assert [file.name for file in files] == [f"{prefix}_{index:04d}.png" for index in range(len(files))]
    return [np.asarray(Image.open(file)) for file in files]


def durations_of(path):
    with Image.open(path) as animation:
        assert animation.info["loop"] == 0
        return [frame.info["duration"] for frame in ImageSequence.Iterator(animation)]


def test_times():
    """0 belongs to both parts, and appears once."""
    times = sampling_times(PLAIN.times, warmup=True)
    assert len(times) == 49 + 4 and (np.diff(times) > 0).all() and times[0] == -0.5 and times[49] == 0 and times[-1] == 2
    np.testing.assert_allclose(times[:49] + 1.5, 1.5 ** (np.arange(49) / 49), rtol=1e-12)
    np.testing.assert_allclose(sampling_times(PLAIN.times, warmup=False), [0, 2 / 3, 4 / 3, 2])


# RGB


def test_frames_of_a_texture(rgb):
    material = little_material(PLAIN)
    assert {path.name for path in rgb.iterdir()} == {"synthesis", "transition", "exemplars", "comparisons"}
    times = sampling_times(PLAIN.times, warmup=True)
    states = oa.solve(material, seed=42, size=RGB_SIZE, times=times).states
    expected = [to_bytes(oa.render(material, state)) for state in states]
    np.testing.assert_array_equal(frames_of(rgb / "synthesis", "frame"), expected[:50])
    np.testing.assert_array_equal(frames_of(rgb / "transition", "frame"), expected[49:])


def test_comparisons(rgb):
    """The exemplar, at most as large as the sample, is in the upper left corner of the right half."""
    comparisons, exemplars = frames_of(rgb / "comparisons", "frame"), frames_of(rgb / "exemplars", "frame")
    transition = frames_of(rgb / "transition", "frame")
    assert len(comparisons) == len(exemplars) == 4
    for index in range(4):
        assert comparisons[index].shape == (36, 82, 3)
        np.testing.assert_array_equal(exemplars[index], np.full((36, 36, 3), 60 * index + 20))
        np.testing.assert_array_equal(comparisons[index][:, :41], transition[index])
        np.testing.assert_array_equal(comparisons[index][:, 41:77], exemplars[index])
        assert not comparisons[index][:, 77:].any()


def test_animations_of_a_texture(rgb):
    """100 ms a frame in the warm-up, else the exemplar's interval."""
    for name, milliseconds in (("synthesis", 100), ("transition", 500), ("exemplars", 500), ("comparisons", 500)):
        frames = frames_of(rgb / name, "frame")
        assert sorted(path.name for path in (rgb / name).glob("[!f]*")) == [f"{name}.avi", f"{name}.gif"]
        assert durations_of(rgb / name / f"{name}.gif") == [milliseconds] * len(frames)
        assert iio.immeta(rgb / name / f"{name}.avi", plugin="FFMPEG")["codec"].startswith("rawvideo")
        assert iio.immeta(rgb / name / f"{name}.avi", plugin="FFMPEG")["fps"] == 1000 / milliseconds
        np.testing.assert_array_equal(iio.imread(rgb / name / f"{name}.avi", plugin="FFMPEG"), frames)


# SVBRDF


def test_renderings(svbrdf, states):
    material, log_intensity = little_material(SVBRDF), SVBRDF.light.log_intensity
    lights = {"": SVBRDF.light}
    for name, place in {"up": (0.0, 0.6), "left": (-0.5, 0.0), "rightdown": (0.5, -0.5)}.items():
        lights[f"_relit_{name}"] = oa.Light(*place, log_intensity)
    for suffix, light in lights.items():
        expected = [to_bytes(oa.render(material, state, light=light)) for state in states]
        np.testing.assert_array_equal(frames_of(svbrdf / f"renderings{suffix}", "frames"), expected)


def test_rotating_light(svbrdf, states):
    """At time 0 at the top, after half a unit at the right, on a circle of 0.8 of the plane's half width."""
    radius = 0.8 * np.tan(np.radians(25))
    np.testing.assert_allclose([rotating(time, Camera()) for time in (0, 0.5)], [[0, radius], [radius, 0]], atol=1e-9)
    assert radius == pytest.approx(0.373, abs=1e-3)
    frames = frames_of(svbrdf / "renderings_relit_rotating", "frames")
    for time, frame, state in zip(np.float32(np.linspace(0, 2, 4)), frames, states, strict=True):
        light = oa.Light(*rotating(float(time), Camera()), SVBRDF.light.log_intensity)
        np.testing.assert_array_equal(frame, to_bytes(oa.render(little_material(SVBRDF), state, light=light)))


def test_maps(svbrdf, states):
    """Times 255, truncated; the normal as n/2 + 1/2, the height over its own range in each frame."""
    for index, state in enumerate(states):
        maps = {name: np.asarray(values) for name, values in oa.decode(little_material(SVBRDF), state).items()}
        maps["normal"] = maps["normal"] / 2 + 0.5
        maps["height"] = (maps["height"] - maps["height"].min()) / np.ptp(maps["height"])
        for name, values in maps.items():
            frame = frames_of(svbrdf / name, "frames")[index]
            expected = np.floor(255 * values).transpose(1, 2, 0)
            np.testing.assert_allclose(np.atleast_3d(frame), expected, atol=0 if name != "height" else 1)
            assert frame.ndim == (2 if len(values) == 1 else 3)


def test_stitches(svbrdf):
    """Rendering, diffuse, roughness_u, normal over target, specular, roughness_v, nothing."""
    names = ("renderings", "diffuse", "roughness_u", "normal", "specular", "roughness_v", "stitches")
    found = {name: frames_of(svbrdf / name, "frames") for name in names}
    for index, stitched in enumerate(found["stitches"]):
        assert stitched.shape == (64, 136, 3)
        tiles = stitched.reshape(2, 32, 4, 34, 3).swapaxes(1, 2)
        rows = [["renderings", "diffuse", "roughness_u", "normal"], [None, "specular", "roughness_v", None]]
        for row, columns in enumerate(rows):
            for column, name in enumerate(columns):
                if name is not None:
                    tile = np.broadcast_to(np.atleast_3d(found[name][index]), (32, 34, 3))
                    np.testing.assert_array_equal(tiles[row, column], tile)
        np.testing.assert_array_equal(tiles[1, 0, :, :32], np.full((32, 32, 3), 60 * index + 20))
        assert not tiles[1, 0, :, 32:].any() and not tiles[1, 3].any()


@pytest.mark.parametrize(
    "channels, tiles",
    [
        (8, [["rendering", "0:3", "6", "normal"], ["target", "3:6", "7", "nothing"]]),
        (7, [["rendering", "0:3", "6"], ["target", "3:6", "normal"]]),
        (6, [["rendering", "0:3", "4", "normal"], ["target", "3", "5", "nothing"]]),
        (5, [["rendering", "0:3", "4"], ["target", "3", "normal"]]),
    ],
)
def test_stitches_of_every_model(channels, tiles):
    """By colour: channel i of the maps is (10 i + 10.5) / 255 everywhere."""
    brdf = np.broadcast_to(((10 * np.arange(channels) + 10.5) / 255)[:, None, None], (channels, 2, 3)).astype(np.float32)
    known = {name: [grey] * 3 for name, grey in (("rendering", 1), ("target", 2), ("normal", 5), ("nothing", 0))}
    known |= {"0:3": [10, 20, 30], "3:6": [40, 50, 60]} | {str(i): [10 * i + 10] * 3 for i in range(channels)}
    rendering, target, normal = (np.full((2, 3, 3), known[name][0], np.uint8) for name in ("rendering", "target", "normal"))
    stitched = stitch(rendering, target, brdf, normal)
    assert stitched.shape == (4, 3 * len(tiles[0]), 3)
    assert stitched[::2, ::3].tolist() == [[known[name] for name in row] for row in tiles]


@pytest.mark.parametrize("brdf", BRDF_MODELS)
def test_folders_of_every_model(tmp_path, exemplar, brdf):
    """The published sampler cuts the channels of every model as those of the two with a diffuse map, three by three; it writes
    the exemplar for one model alone, and stitches for all but one."""
    material = of_model(brdf)
    made = {path.name: path for path in oa.write_published(material, tmp_path / "out", size=(32, 32), exemplar=exemplar)}
    roughness = {7: {"roughness"}, 8: {"roughness_u", "roughness_v"}}.get(BRDF_MODELS[brdf].channels, set())
    renderings = {"renderings", *(f"renderings_relit_{light}" for light in ("up", "left", "rightdown", "rotating"))}
    expected = renderings | {"diffuse", "specular", "normal", "height"} | roughness
    expected |= set() if brdf == "iso_cook_torrance" else {"stitches"}
    assert set(made) == expected | ({"exemplars"} if brdf == "diffuse_iso_cook_torrance" else set())
    state = oa.solve(material, seed=42, size=(32, 32), times=np.linspace(0, 2, 4)).states[-1]
    maps = oa.decode(material, state)
    channels = np.concatenate([np.asarray(maps[name]) for name, _ in BRDF_MODELS[brdf].maps])
    for name, part in (("diffuse", channels[:3]), ("specular", channels[3:6])):
        frame = frames_of(made[name], "frames")[-1]
        np.testing.assert_array_equal(np.atleast_3d(frame), np.floor(255 * part).transpose(1, 2, 0))
        assert durations_of(made[name] / "animations.gif") == [100] * 4


def test_relit_siblings_of_the_exemplar(tmp_path, exemplar):
    """The published sampler does not know our fourth light."""
    path = tmp_path / "synthetic" / "a.gif"
    path.parent.mkdir()
    shutil.copy(exemplar, path)
    for light, grey in (("up", 100), ("rightdown", 200), ("rightup", 30)):
        pictures = [Image.new("RGB", (64, 64), (grey + index,) * 3) for index in range(4)]
        sibling = path.with_name(f"a_relit_{light}.gif")
        pictures[0].save(sibling, save_all=True, append_images=pictures[1:], duration=500)
    material = of_model("diffuse_iso_cook_torrance")
    made = {made.name: made for made in oa.write_published(material, tmp_path / "out", size=(32, 32), exemplar=path)}
    written = {name for name in made if name.startswith("exemplars")}
    assert written == {"exemplars", "exemplars_relit_up", "exemplars_relit_rightdown"}
    assert [frame.mean() for frame in frames_of(made["exemplars_relit_rightdown"], "frames")] == [200, 201, 202, 203]


def test_animations_of_an_svbrdf(svbrdf):
    for name in ("renderings", "roughness_v", "stitches"):
        folder = svbrdf / name
        frames = np.stack(
            [np.broadcast_to(np.atleast_3d(frame), (*frame.shape[:2], 3)) for frame in frames_of(folder, "frames")]
        )
        found = sorted(path.name for path in folder.glob("animations.*"))
        assert found == ["animations.avi", "animations.gif", "animations.mp4"]
        assert durations_of(folder / "animations.gif") == [100] * 4
        np.testing.assert_array_equal(iio.imread(folder / "animations.avi", plugin="FFMPEG"), frames)
        facts = iio.immeta(folder / "animations.mp4", plugin="FFMPEG")
        assert facts["codec"] == "h264" and "yuv420p" in facts["pix_fmt"] and facts["fps"] == 10
        video = iio.imread(folder / "animations.mp4", plugin="FFMPEG")
        assert video.shape == frames.shape
        # Of colour, half the resolution is kept.
        luma, other = (np.asarray(pixels, float) @ [0.2126, 0.7152, 0.0722] for pixels in (video, frames))
        assert np.corrcoef(luma.ravel(), other.ravel())[0, 1] > 0.95


# Otherwise


def test_default_sizes(tmp_path):
    """As in the published scripts."""
    frames = [Image.new("RGB", (200, 200), (60 * index + 20,) * 3) for index in range(3)]
    frames[0].save(tmp_path / "b.gif", save_all=True, append_images=frames[1:], duration=50)
    times = dataclasses.replace(PLAIN.times, frames=3)
    material = little_material(dataclasses.replace(PLAIN, times=times))
    oa.write_published(material, tmp_path / "out", exemplar=tmp_path / "b.gif")
    assert frames_of(tmp_path / "out" / "transition", "frame")[0].shape == (256, 256, 3)
    comparison = frames_of(tmp_path / "out" / "comparisons", "frame")[1]
    assert (comparison[:128, 256:384] == 80).all() and not comparison[128:, 256:].any() and not comparison[:, 384:].any()


def test_without_an_exemplar(tmp_path, rgb):
    made = oa.write_published(little_material(PLAIN), tmp_path / "a", size=RGB_SIZE)
    assert [path.name for path in made] == ["synthesis", "transition"]
    for name in ("frame_0001.png", "transition.gif"):
        assert (tmp_path / "a" / "transition" / name).read_bytes() == (rgb / "transition" / name).read_bytes()


@pytest.mark.parametrize("share", [0, 0.4, 0.7])
def test_stopped_export_leaves_nothing(tmp_path, share):
    """Before solving, between frames, and between animations."""
    shares = [0.0]
    ends = {"progress": shares.append, "stop": lambda: shares[-1] >= share - 1e-9}
    assert oa.write_published(little_material(PLAIN), tmp_path / "a", size=RGB_SIZE, **ends) is None
    assert share - 1e-9 <= shares[-1] < share + 0.2
    assert not list(tmp_path.iterdir())


def test_non_empty_folder_is_unchanged(tmp_path):
    (tmp_path / "mine").write_text("")
    with raises(RequestError, code="not-empty"):
        oa.write_published(little_material(PLAIN), tmp_path, size=RGB_SIZE)
    with raises(RequestError, code="no-folder"):
        oa.write_published(little_material(PLAIN), tmp_path / "b" / "c", size=RGB_SIZE)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]
