"""Images of one map (AOVs): in the library, in exports and on the command line."""

import io
import zipfile

import jax.numpy as jnp
import numpy as np
import pytest
from materials import RGB, SVBRDF, little_material
from PIL import Image
from raising import raises
from test_rendering import LIGHTS, state_of, trajectory_of

import ode_appearance as oa
from ode_appearance.cli.main import main
from ode_appearance.errors import RequestError
from ode_appearance.media.encoders import to_bytes
from ode_appearance.rendering.aov import channel_names
from ode_appearance.shading.raycast import BACKGROUND
from ode_appearance.web.scene import describe

MAPS = ["diffuse", "specular", "roughness_u", "roughness_v", "height", "normal"]
TIMES = [0.5, 1.0, 1.5]


@pytest.fixture(scope="module")
def material():
    return little_material(SVBRDF)


def expected_image(maps, channel):
    values = np.asarray(maps[channel])
    if channel == "normal":
        return values / 2 + 0.5
    if channel == "height":
        values = (values - values.min()) / (values.max() - values.min())
    return np.broadcast_to(values, (3, *values.shape[1:]))


@pytest.mark.parametrize("config", [RGB, SVBRDF], ids=["rgb", "svbrdf"])
def test_the_viewer_has_the_same_channels(config):
    assert channel_names(config) == tuple(name for name, _ in describe(config, "it")["views"])


@pytest.mark.parametrize("channel", MAPS)
def test_a_map_matches_decode_under_any_light(material, channel):
    state = jnp.asarray(state_of(SVBRDF))
    expected = expected_image(oa.decode(material, state), channel)
    picture = oa.render(material, state, channel=channel, light=LIGHTS, exposure=2.0)
    np.testing.assert_allclose(picture, expected, atol=1e-6)
    tiled = oa.render(material, state, channel=channel, tiles=(3, 2))
    np.testing.assert_array_equal(tiled, jnp.tile(picture, (1, 2, 3)))


@pytest.mark.parametrize("channel", MAPS)
def test_a_map_with_ages(material, channel):
    trajectory = trajectory_of(SVBRDF)
    half = np.float32(np.arange(8) < 4) * np.ones((6, 1), np.float32)
    aged = oa.render(material, trajectory, time=0.0, channel=channel, age=half)
    young, old = (oa.decode(material, state) for state in trajectory.states[:2])
    maps = {channel: np.where(half, old[channel], young[channel])}
    if channel == "height":  # black and white are those of the surface without ages
        low, high = float(young["height"].min()), float(young["height"].max())
        expected = np.clip((maps["height"] - low) / (high - low), 0, 1)
        assert np.abs(expected - expected_image(maps, channel)[:1]).max() > 0.1
    else:
        expected = expected_image(maps, channel)
    np.testing.assert_allclose(aged, np.broadcast_to(expected, (3, 6, 8)), atol=1e-5)


@pytest.mark.parametrize("kind", ["sphere", "cylinder"])
def test_a_map_on_a_solid_is_unlit(material, kind):
    """A constant map has one colour everywhere; a pattern turns with the solid."""
    flat = np.full((SVBRDF.architecture.channels, 16, 16), 0.2, np.float32)
    surface = oa.Surface(kind, (0.3, 0.2))
    for channel, value in (("diffuse", (0.6,) * 3), ("normal", (0.5, 0.5, 1.0)), ("height", (0.0,) * 3)):
        picture = np.asarray(oa.render(material, flat, channel=channel, surface=surface))
        assert picture.shape == (3, 16, 16)
        np.testing.assert_allclose(
            picture[:, 6:10, 6:10], np.broadcast_to(np.float32(value)[:, None, None], (3, 4, 4)), atol=1e-5
        )
        np.testing.assert_allclose(picture[:, 0, 0], BACKGROUND, atol=1e-6)
    state = state_of(SVBRDF, size=(16, 12))
    pictures = [oa.render(material, state, channel="diffuse", surface=oa.Surface(kind, (turn, 0.0))) for turn in (0.0, 0.4)]
    assert np.abs(pictures[0] - pictures[1]).mean() > 0.01


def test_strips_join_to_one_image(material, monkeypatch):
    import ode_appearance.shading.raycast as rays

    state, surface = state_of(SVBRDF, size=(16, 12)), oa.Surface("sphere", (0.2, 0.1))
    whole = oa.render(material, state, channel="normal", surface=surface, tiles=(2, 1))
    monkeypatch.setattr(rays, "STRIP_RAYS", 32 * 16 * 5)
    np.testing.assert_allclose(oa.render(material, state, channel="normal", surface=surface, tiles=(2, 1)), whole, atol=1e-5)


@pytest.mark.parametrize(("config", "channel"), [(SVBRDF, "metallic"), (RGB, "normal"), (RGB, "image"), (SVBRDF, "")])
def test_an_unknown_channel(config, channel, tmp_path):
    with raises(RequestError, code="unknown-channel"):
        oa.render(little_material(config), state_of(config), channel=channel)
    with raises(RequestError, code="unknown-channel"):
        oa.export(little_material(config), tmp_path / "a.png", times=[1.0], size=(16, 16), channel=channel)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("channel", ["diffuse", "height"])
@pytest.mark.parametrize("aged", [False, True])
def test_frames_of_a_map(tmp_path, material, channel, aged):
    ages = np.float32(np.linspace(0.3, 0.9, 24) * np.ones((16, 1)))  # every pixel is ahead of the frame's time
    keyframes = np.linspace(0, 2.5, 12).tolist()
    request = {"seed": 3, "size": (24, 16)}
    aging = {"age": ages, "keyframes": keyframes} if aged else {}
    oa.export(material, tmp_path / "a.zip", oa.ExportConfig("frames"), times=TIMES, channel=channel, **request, **aging)
    trajectory = oa.solve(material, times=keyframes if aged else TIMES, **request)
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert b'"channel": "' + channel.encode() in archive.read("little_svbrdf.json")
        for number, time in enumerate(TIMES):
            frame = np.asarray(Image.open(io.BytesIO(archive.read(f"little_svbrdf_{number:04d}.png"))), int)
            expected = to_bytes(oa.render(material, trajectory, time=time, channel=channel, age=ages if aged else None))
            assert np.abs(frame - expected).max() <= 1


def test_on_the_command_line(tmp_path, capsys):
    clay = oa.load("clay_solidifying")
    arguments = ["clay_solidifying", "--times", "0.5", "--size", "32", "--channel", "roughness_v"]
    assert main(["export", *arguments, "--out", str(tmp_path / "a.png")]) == 0
    assert main(["sample", *arguments, "--out", str(tmp_path / "samples")]) == 0
    expected = to_bytes(oa.render(clay, oa.solve(clay, size=(32, 32), times=[0.5]), channel="roughness_v"))
    for path in (tmp_path / "a.png", tmp_path / "samples" / "frame_0000.png"):
        np.testing.assert_array_equal(np.asarray(Image.open(path)), expected)
    assert main(["export", *arguments[:-1], "shiny", "--out", str(tmp_path / "b.png")]) != 0
    assert "lit, diffuse, specular" in capsys.readouterr().err
    assert main(["sample", "clay_solidifying", "--published", "--channel", "height", "--out", str(tmp_path)]) != 0
    assert "--channel" in capsys.readouterr().err
