"""Decoding states to maps, and rendering: lights, exposure, tiles, times and age maps."""

import dataclasses
import importlib

import jax.numpy as jnp
import numpy as np
import pytest
from analytic import calm, formula
from figures import relative_error
from materials import RGB, SVBRDF, little_material
from raising import raises

import ode_appearance as oa
from ode_appearance.errors import RequestError
from ode_appearance.models.maps import height_to_normal
from ode_appearance.ode.trajectory import Trajectory
from ode_appearance.rendering.age_map import aged_maps
from ode_appearance.shading.plane import tone_map

rendering = importlib.import_module("ode_appearance.rendering.render")


def state_of(config, seed=0, size=(8, 6)):
    shape = (config.architecture.channels, size[1], size[0])
    return np.random.default_rng(seed).standard_normal(shape, np.float32)


def trajectory_of(config, times=(0.0, 1.0, 3.0)):
    states = np.stack([state_of(config, seed) for seed in range(len(times))])
    return Trajectory(np.float32(times), states, "complete", {})


# Decoding


def test_the_maps_of_a_texture():
    state = state_of(RGB)
    maps = oa.decode(little_material(RGB), state)
    assert list(maps) == ["image"]
    np.testing.assert_allclose(maps["image"], np.clip(state[:3] / 2 + 0.5, 0, 1), rtol=1e-6)


def test_the_maps_of_an_svbrdf():
    state = state_of(SVBRDF)
    maps = oa.decode(little_material(SVBRDF), jnp.asarray(state))
    assert {name: value.shape[0] for name, value in maps.items()} == {
        "diffuse": 3,
        "specular": 3,
        "roughness_u": 1,
        "roughness_v": 1,
        "height": 1,
        "normal": 3,
    }
    np.testing.assert_allclose(maps["specular"], np.clip(state[3:6] / 2 + 0.5, 1e-6, 1), rtol=1e-6)
    np.testing.assert_allclose(maps["roughness_v"], np.clip(state[7:8] / 2 + 0.5, 1e-6, 1), rtol=1e-6)
    np.testing.assert_array_equal(maps["height"], state[8:9])
    np.testing.assert_allclose(maps["normal"], height_to_normal(jnp.asarray(state[8:9])), rtol=1e-6)


@pytest.mark.parametrize("shape", [(11, 6, 8), (10, 6), (1, 10, 6, 8)])
def test_a_state_of_another_material_is_refused(shape):
    material = little_material(SVBRDF)
    with pytest.raises(RequestError):
        # Called directly: two or four dimensions would already violate the annotations of `decode` and `render`.
        rendering.check_state_shape(material.config, shape)
    if len(shape) == 3:
        for use in (oa.decode, oa.render):
            with raises(RequestError, code="wrong-shape"):
                use(material, jnp.zeros(shape))


# Images


def test_a_texture_is_rendered_unchanged():
    state = jnp.asarray(state_of(RGB))
    np.testing.assert_allclose(
        oa.render(little_material(RGB), state), oa.decode(little_material(RGB), state)["image"], rtol=1e-6
    )


def test_an_svbrdf_is_lit_and_tone_mapped():
    material, state, light = little_material(SVBRDF), jnp.asarray(state_of(SVBRDF)), oa.Light(0.2, -0.1, 0.4)
    maps = oa.decode(material, state)
    linear = rendering.shade("diffuse_cook_torrance", maps, maps["normal"], light)
    assert relative_error(oa.render(material, state, light=light), tone_map(linear)) < 1e-6


def test_the_captured_light_is_the_default():
    material, state = little_material(SVBRDF), jnp.asarray(state_of(SVBRDF))
    by_default = oa.render(material, state)
    np.testing.assert_array_equal(by_default, oa.render(material, state, light=SVBRDF.light))
    assert relative_error(oa.render(material, state, light=oa.Light()), by_default) > 0.01


def test_images_are_display_values():
    wild = jnp.asarray(100 * state_of(SVBRDF))
    picture = np.asarray(oa.render(little_material(SVBRDF), wild, light=oa.Light(log_intensity=20.0)))
    assert picture.shape == (3, 6, 8) and np.isfinite(picture).all()
    assert picture.min() >= 0 and picture.max() <= 1


def test_moving_the_light_does_not_recompile():
    material, state = little_material(SVBRDF), jnp.asarray(state_of(SVBRDF))
    oa.render(material, state, light=oa.Light(0.1, 0.1, 0.0))
    compiled = rendering._render._cache_size()
    for x in np.linspace(-1, 1, 5):
        oa.render(material, state, light=oa.Light(float(x), 0.3, float(x)))
    assert rendering._render._cache_size() == compiled


# Lights, exposure, tiles

LIGHTS = [oa.Light(0.2, -0.1, 0.4), oa.Light(-0.3, 0.2, 0.1, "directional", 0.6, (1.0, 0.5, 0.2))]


def linear(material, state, light):
    maps = oa.decode(material, state)
    return np.asarray(rendering.shade(SVBRDF.brdf, maps, maps["normal"], light))


def test_lights_add_up_before_the_tone_mapping():
    material, state = little_material(SVBRDF), jnp.asarray(state_of(SVBRDF))
    expected = tone_map(jnp.asarray(sum(linear(material, state, light) for light in LIGHTS)))
    np.testing.assert_allclose(oa.render(material, state, light=LIGHTS), expected, atol=1e-5)


@pytest.mark.parametrize("lights", [LIGHTS[:1], LIGHTS])
def test_a_stop_is_twice_the_light(lights):
    material, state = little_material(SVBRDF), jnp.asarray(state_of(SVBRDF))
    brighter = [dataclasses.replace(light, log_intensity=light.log_intensity + np.log(2)) for light in lights]
    exposed = oa.render(material, state, light=lights, exposure=1.0)
    np.testing.assert_allclose(exposed, oa.render(material, state, light=brighter), atol=1e-5)
    assert relative_error(exposed, oa.render(material, state, light=lights)) > 0.01


def test_exposure_of_a_texture_acts_on_linear_values():
    """Display values are linearised, doubled and encoded again; lights have no effect."""
    material, state = little_material(RGB), jnp.asarray(state_of(RGB))
    picture = np.asarray(oa.render(material, state))
    expected = np.clip(2 * picture**2.2, 0, 1) ** (1 / 2.2)
    np.testing.assert_allclose(oa.render(material, state, exposure=1.0, light=LIGHTS), expected, atol=1e-5)
    np.testing.assert_array_equal(oa.render(material, state, light=LIGHTS), picture)


@pytest.mark.parametrize("config", [RGB, SVBRDF])
def test_explicit_defaults_change_no_bit(config):
    material, state = little_material(config), jnp.asarray(state_of(config))
    picture = np.asarray(oa.render(material, state))
    light = oa.Light(0.1, -0.2, 0.3, kind="point", height=1.0, colour=(1.0, 1.0, 1.0))
    for options in ({"exposure": 0.0}, {"tiles": (1, 1)}, {"light": light}, {"light": [light]}):
        np.testing.assert_array_equal(oa.render(material, state, **options), picture)


def test_tiles_lie_in_one_plane_under_the_lights():
    material, state = little_material(SVBRDF), jnp.asarray(state_of(SVBRDF))
    maps = {name: jnp.tile(values, (1, 2, 3)) for name, values in oa.decode(material, state).items()}
    for lights in (LIGHTS[:1], LIGHTS):
        shaded = sum(np.asarray(rendering.shade(SVBRDF.brdf, maps, maps["normal"], light)) for light in lights)
        tiled = oa.render(material, state, light=lights, tiles=(3, 2))
        assert tiled.shape == (3, 12, 24)
        np.testing.assert_allclose(tiled, tone_map(jnp.asarray(shaded)), atol=1e-5)
    picture = oa.render(little_material(RGB), jnp.asarray(state_of(RGB)), tiles=(3, 2))
    np.testing.assert_array_equal(picture, jnp.tile(picture[:, :6, :8], (1, 2, 3)))


def test_moving_several_lights_does_not_recompile():
    material, state = little_material(SVBRDF), jnp.asarray(state_of(SVBRDF))
    oa.render(material, state, light=LIGHTS, exposure=0.5)
    compiled = rendering._shade_lights._cache_size()
    for share in np.linspace(0.1, 1, 5).tolist():
        moved = [
            dataclasses.replace(light, x=share, log_intensity=-share, height=share, colour=(share, 1.0, share))
            for light in LIGHTS
        ]
        oa.render(material, state, light=moved, exposure=share)
    assert rendering._shade_lights._cache_size() == compiled


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"exposure": float("nan")}, "out-of-range"),
        ({"exposure": 100.0}, "out-of-range"),
        ({"tiles": (0, 1)}, None),
        ({"tiles": (100_000, 100_000)}, None),
    ],
)
def test_invalid_options(options, code):
    with raises(RequestError, code=code):
        oa.render(little_material(SVBRDF), jnp.asarray(state_of(SVBRDF)), **options)


# Times


def test_a_time_of_the_trajectory_renders_its_state():
    material, trajectory = little_material(RGB), trajectory_of(RGB)
    for time, state in zip((0.0, 1.0, 3.0), trajectory.states, strict=True):
        np.testing.assert_array_equal(oa.render(material, trajectory, time=time), oa.render(material, jnp.asarray(state)))


def test_states_are_interpolated_linearly():
    material, trajectory = little_material(RGB), trajectory_of(RGB)
    blend = 0.75 * trajectory.states[1] + 0.25 * trajectory.states[2]
    np.testing.assert_allclose(oa.render(material, trajectory, time=1.5), oa.render(material, jnp.asarray(blend)), atol=1e-6)


def test_the_default_time_is_the_last():
    material, trajectory = little_material(RGB), trajectory_of(RGB)
    np.testing.assert_array_equal(oa.render(material, trajectory), oa.render(material, trajectory, time=3.0))


@pytest.mark.parametrize("time", [-0.1, 3.1, float("nan"), float("inf")])
def test_a_time_outside_the_trajectory(time):
    with raises(RequestError, code="out-of-range"):
        oa.render(little_material(RGB), trajectory_of(RGB), time=time)


def test_an_empty_trajectory():
    stopped = oa.solve(formula(calm), size=(4, 4), times=[1.0], stop=lambda: True)
    assert stopped.status == "stopped" and stopped.states.shape == (0, 3, 4, 4)
    with raises(RequestError, code="empty-trajectory"):
        oa.render(formula(calm), stopped, time=1.0)


# Age maps


def test_an_age_of_zero_changes_nothing():
    material, trajectory = little_material(SVBRDF), trajectory_of(SVBRDF)
    for time in (0.0, 1.0, 3.0, None):
        aged = oa.render(material, trajectory, time=time, age=np.zeros((6, 8), np.float32))
        np.testing.assert_allclose(aged, oa.render(material, trajectory, time=time), atol=1e-6)


@pytest.mark.parametrize("config", [RGB, SVBRDF])
def test_each_pixel_is_taken_at_its_own_time(config):
    material, trajectory, light = little_material(config), trajectory_of(config), oa.Light(0.2, -0.1, 0.4)
    ages = np.array([-1.0, 0.0, 2.0], np.float32)  # from time 1 to the trajectory's times
    chosen = np.random.default_rng(0).integers(3, size=(6, 8))
    aged = oa.render(material, trajectory, time=1.0, light=light, age=ages[chosen])
    pictures = np.stack([oa.render(material, trajectory, time=float(1 + age), light=light) for age in ages])
    expected = np.take_along_axis(pictures, np.broadcast_to(chosen, (1, 3, 6, 8)), axis=0)[0]
    np.testing.assert_allclose(aged, expected, atol=1e-5)


def test_maps_are_interpolated_and_normals_renormalised():
    material, trajectory = little_material(SVBRDF), trajectory_of(SVBRDF)
    maps = aged_maps(material, trajectory, 0.0, np.full((6, 8), 1.5, np.float32))
    first, second = (oa.decode(material, state) for state in trajectory.states[1:])
    for name, values in maps.items():
        blend = 0.75 * first[name] + 0.25 * second[name]
        if name == "normal":
            blend /= np.linalg.norm(blend, axis=0)
        np.testing.assert_allclose(values, blend, atol=1e-6)


def test_ages_are_clamped_to_the_trajectory():
    material, trajectory = little_material(SVBRDF), trajectory_of(SVBRDF)
    for age, time in ((-9.0, 0.0), (9.0, 3.0)):
        aged = oa.render(material, trajectory, time=1.0, age=np.full((6, 8), age, np.float32))
        np.testing.assert_allclose(aged, oa.render(material, trajectory, time=time), atol=1e-6)


def test_aged_pixels_are_lit_like_others():
    material, trajectory = little_material(SVBRDF), trajectory_of(SVBRDF)
    view = {"light": LIGHTS, "exposure": 0.5, "tiles": (2, 1)}
    aged = oa.render(material, trajectory, time=0.0, age=np.full((6, 8), 1.0, np.float32), **view)
    np.testing.assert_allclose(aged, oa.render(material, trajectory, time=1.0, **view), atol=1e-5)


def test_an_invalid_age_map_is_refused():
    material, trajectory = little_material(SVBRDF), trajectory_of(SVBRDF)
    for age, code in ((np.zeros((8, 6), np.float32), "wrong-shape"), (np.full((6, 8), np.nan, np.float32), "not-finite")):
        with raises(RequestError, code=code):
            oa.render(material, trajectory, age=age)
    with raises(RequestError, code="needs-trajectory"):
        oa.render(material, trajectory.states[0], age=np.zeros((6, 8), np.float32))
