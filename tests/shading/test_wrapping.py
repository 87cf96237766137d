"""Materials laid around spheres and cylinders."""

import dataclasses

import jax.numpy as jnp
import numpy as np
import pytest
from materials import RGB, SVBRDF, little_material
from test_rendering import state_of

import ode_appearance as oa
from ode_appearance.config.schema import Camera
from ode_appearance.errors import RequestError
from ode_appearance.export.export_checks import written_size
from ode_appearance.shading.raycast import BACKGROUND
from ode_appearance.shading.solid_geometry import facets, repeats, solid_of

SOLIDS = ["sphere", "cylinder"]
CAMERA = Camera()
ACROSS = np.linspace(-0.99, 0.99, 67, dtype=np.float32)


def look(kind, turn=(0.0, 0.0), tiles=(1, 1)):
    x = jnp.asarray(ACROSS)
    return facets(kind, CAMERA, x[None], -x[:, None], jnp.float32(turn), jnp.float32(repeats(kind, tiles)))


def plain(config, value):
    """A state whose maps are the same everywhere."""
    return np.full((config.architecture.channels, 16, 16), value, np.float32)


@pytest.mark.parametrize("kind", SOLIDS)
def test_what_is_seen_lies_on_the_solid_in_the_direction_of_its_pixel(kind):
    radius, _ = solid_of(CAMERA)
    seen = look(kind, (0.4, 0.3))
    position = np.asarray(seen.positions)[:, seen.seen]
    centre = position + np.array([0, 0, radius])[:, None]
    round_ = centre if kind == "sphere" else centre[[0, 2]]
    np.testing.assert_allclose(np.linalg.norm(round_, axis=0), radius, rtol=1e-5)
    x, y = (np.broadcast_to(at, seen.seen.shape)[seen.seen] for at in (ACROSS[None], -ACROSS[:, None]))
    shown = position[:2] / (CAMERA.distance - position[2]) * CAMERA.distance / CAMERA.half_width
    np.testing.assert_allclose(shown, [x, y], atol=1e-5)
    axes = np.asarray(seen.axes)[:, :, seen.seen]
    for one in range(3):
        for other in range(3):
            np.testing.assert_allclose(np.sum(axes[one] * axes[other], axis=0), float(one == other), atol=2e-6)
    np.testing.assert_allclose(np.cross(axes[0], axes[1], axis=0), axes[2], atol=2e-6)
    assert np.all(np.sum(axes[2] * (np.array([0, 0, CAMERA.distance])[:, None] - position), axis=0) > 0), "it faces the camera"
    outline = np.abs(ACROSS[np.asarray(seen.seen)[33]]).max()
    assert outline == pytest.approx(0.9, abs=0.031) and position[2].max() == pytest.approx(0, abs=1e-4)


@pytest.mark.parametrize("kind", SOLIDS)
def test_places_follow_the_axes(kind):
    """Going east, one goes right in the state, and going north up, as far as the solid's own lengths say."""
    seen = look(kind, (0.3, 0.2))
    inner = (slice(28, 39), slice(28, 39))
    places, positions, axes = (np.asarray(values)[(..., *inner)] for values in (seen.places, seen.positions, seen.axes))
    radius, half_height = solid_of(CAMERA)
    moved, steps = (np.diff(values, axis=2)[:, :-1] + np.diff(values, axis=1)[..., :-1] for values in (places, positions))
    axes = axes[..., :-1, :-1]
    east, north = (np.sum(steps * axes[which], axis=0) for which in (0, 1))
    across, down = repeats(kind, (1, 1))
    own = axes[2]
    # A circle of latitude is the shorter, the nearer to the poles of the turned sphere.
    level = np.cos(0.2) * own[1] - np.sin(0.2) * own[2] if kind == "sphere" else 0 * own[1]
    np.testing.assert_allclose(moved[0], east / (2 * np.pi * radius * np.sqrt(1 - level**2)) * across, rtol=0.03)
    length = np.pi * radius if kind == "sphere" else 2 * half_height
    np.testing.assert_allclose(moved[1], -north / length * down, rtol=0.03)


@pytest.mark.parametrize("config", [RGB, SVBRDF], ids=["rgb", "svbrdf"])
@pytest.mark.parametrize("kind", SOLIDS)
def test_turned_by_a_whole_state_it_looks_the_same(config, kind):
    material, state = little_material(config), state_of(config, size=(16, 12))
    straight = oa.render(material, state, surface=oa.Surface(kind), light=oa.Light(0.3, 0.2, 1.0))
    assert straight.shape == (3, 16, 16)
    np.testing.assert_allclose(straight[:, 0, 0], BACKGROUND, atol=1e-6)
    whole = 2 * np.pi / repeats(kind, (1, 1))[0]
    for turn, same in ((whole, True), (whole / 2, False)):
        turned = oa.render(material, state, surface=oa.Surface(kind, (turn, 0.0)), light=oa.Light(0.3, 0.2, 1.0))
        assert np.allclose(turned, straight, atol=2e-3) == same


def test_light_falls_on_the_side_that_it_comes_from():
    material, state = little_material(SVBRDF), plain(SVBRDF, 0.0)
    right = oa.Light(1.0, 0.0, 0.5, "directional", 0.001)
    picture = np.asarray(oa.render(material, state, surface=oa.Surface("sphere"), light=right))
    assert picture[:, 8, 13].min() > 0.3 and picture[:, 8, 3].max() < 0.01, "the far side is dark"
    left = oa.render(material, state, surface=oa.Surface("sphere"), light=oa.Light(-1.0, 0.0, 0.5, "directional", 0.001))
    np.testing.assert_allclose(left[..., ::-1], picture, atol=1e-5)
    both = np.asarray(oa.render(material, state, surface=oa.Surface("sphere"), light=[right], exposure=1.0))
    assert np.all(both[:, 8, 12] > picture[:, 8, 12])


@pytest.mark.parametrize("distance", [0.5, 1.0, 2.0])
def test_the_front_of_a_texture_is_as_bright_as_it_lies_flat(distance):
    config = dataclasses.replace(RGB, camera=Camera(distance=distance))
    material, state = little_material(config), plain(RGB, 0.1)
    flat = np.asarray(oa.render(material, state))
    picture = np.asarray(oa.render(material, state, surface=oa.Surface("sphere")))
    np.testing.assert_allclose(picture[:, 7:9, 7:9], flat[:, 7:9, 7:9], atol=0.01)
    assert np.all(picture[:, 8, 2] < flat[:, 8, 2] - 0.1)


def test_strips_make_one_picture(monkeypatch):
    import ode_appearance.shading.raycast as rays

    material, state = little_material(SVBRDF), state_of(SVBRDF, size=(16, 12))
    whole = oa.render(material, state, surface=oa.Surface("sphere", (0.2, 0.1)), tiles=(2, 1))
    monkeypatch.setattr(rays, "STRIP_RAYS", 32 * 16 * 5)
    strips = oa.render(material, state, surface=oa.Surface("sphere", (0.2, 0.1)), tiles=(2, 1))
    assert whole.shape == (3, 32, 32)
    np.testing.assert_allclose(strips, whole, atol=1e-5)


def test_a_large_picture_takes_no_more_rays_than_are_allowed(monkeypatch):
    import ode_appearance.shading.raycast as rays
    import ode_appearance.shading.solid_lit as wrapping

    material, state, taken = little_material(RGB), plain(RGB, 0.1), []
    strip = wrapping._strip
    monkeypatch.setattr(wrapping, "_strip", lambda *given: taken.append(given[6]) or strip(*given))
    for most, finest in ((rays.MOST_RAYS, 4), (64 * 64 * 4, 2), (64 * 64, 1)):
        monkeypatch.setattr(rays, "MOST_RAYS", most)
        assert oa.render(material, state, surface=oa.Surface("cylinder"), tiles=(4, 4)).shape == (3, 64, 64)
        assert taken[-1][0] == 64 and taken[-1][2] == finest


def unchecked(kind):
    """As somebody makes it who does not check types."""
    surface = oa.Surface()
    object.__setattr__(surface, "kind", kind)
    return surface


@pytest.mark.parametrize(
    ("surface", "tiles", "told"),
    [
        (unchecked("cube"), (1, 1), "flat or sphere or cylinder"),
        (oa.Surface("sphere", (float("nan"), 0.0)), (1, 1), "two finite angles"),
        (oa.Surface("sphere"), (1, 3000), "more than"),
        (oa.Surface("sphere"), (0, 1), "Tiles"),
    ],
)
def test_what_is_no_solid_is_told(surface, tiles, told):
    with pytest.raises(RequestError, match=told):
        oa.render(little_material(RGB), plain(RGB, 0.0), surface=surface, tiles=tiles)


def test_only_pictures_have_a_limit_of_their_own():
    wide = {"size": (1024, 256), "tiles": (8, 1), "surface": oa.Surface("sphere")}
    for form in ("maps", "states", "page"):
        assert written_size(oa.ExportConfig(form), **wide) == (1024, 256)
    with pytest.raises(RequestError, match="8192x8192"):
        written_size(oa.ExportConfig("png"), **wide)
