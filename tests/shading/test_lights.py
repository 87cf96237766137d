"""Several lights: they add up; kinds, colours and heights of lights."""

import math

import jax.numpy as jnp
import numpy as np
import pytest
from figures import figures
from raising import raises

import ode_appearance as oa
from ode_appearance.config.schema import WHITE, Camera
from ode_appearance.errors import RequestError
from ode_appearance.models.maps import height_to_normal
from ode_appearance.shading.brdf import BRDF_MODELS
from ode_appearance.shading.lights import lighting, linear_colour, shade_lights
from ode_appearance.shading.plane import plane, shade

FIGURES = figures("rendering")
LIGHTS = [
    oa.Light(0.3, -0.2, 0.5),
    oa.Light(-0.5, 0.1, -0.4, "point", 0.4, (1.0, 0.5, 0.2)),
    oa.Light(0.2, 0.6, 0.1, "directional", 0.7, (0.1, 0.8, 1.0)),
    oa.Light(-0.3, -0.4, 0.0, "directional"),
]


def surface(brdf="diffuse_cook_torrance"):
    """The maps of the official figures, for a BRDF model, and their normals."""
    maps, start = {}, 0
    for name, count in BRDF_MODELS[brdf].maps:
        maps[name] = jnp.asarray(FIGURES["maps8"][start : start + count])
        start += count
    return maps, height_to_normal(jnp.asarray(FIGURES["height"]))


def together(lights, brdf="diffuse_cook_torrance", camera=Camera()):
    maps, normal = surface(brdf)
    positions = jnp.asarray(plane(*normal.shape[1:], camera))
    return np.asarray(shade_lights(brdf, maps, normal, positions, camera, lighting(lights, camera)))


def alone(light, camera=Camera()):
    return np.asarray(shade("diffuse_cook_torrance", *surface(), light, camera))


@pytest.mark.parametrize("brdf", BRDF_MODELS)
def test_lights_add_up(brdf):
    expected = sum(np.asarray(shade(brdf, *surface(brdf), light)) for light in LIGHTS)
    np.testing.assert_allclose(together(LIGHTS, brdf), expected, rtol=2e-5, atol=1e-7)
    assert not together([], brdf).any()


@pytest.mark.parametrize("light", LIGHTS)
def test_one_light_equals_shade(light):
    camera = Camera(fov=40.0, distance=2.0)
    np.testing.assert_allclose(together([light], camera=camera), alone(light, camera), rtol=2e-5, atol=1e-7)


def test_a_directional_light_equals_a_distant_point_light():
    direction, far = np.array([0.4, -0.3, 0.8]), 1e4
    near_to = oa.Light(*direction[:2], 0.3, "directional", direction[2])
    distance = far * np.linalg.norm(direction)
    x, y, height = far * direction
    point = oa.Light(x, y, 0.3 + 2 * math.log(distance), "point", height)
    expected = alone(point)
    np.testing.assert_allclose(alone(near_to), expected, rtol=2e-3, atol=2e-3 * expected.mean())
    longer = oa.Light(*(2 * direction[:2]), 0.3, "directional", 2 * direction[2])
    np.testing.assert_allclose(alone(longer), alone(near_to), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kind", ["point", "directional"])
def test_a_colour_scales_the_channels(kind):
    colour = (0.25, 0.5, 1.0)
    white, coloured = (alone(oa.Light(0.2, 0.1, 0.3, kind, 0.8, factors)) for factors in (WHITE, colour))
    np.testing.assert_allclose(coloured, white * np.array(colour)[:, None, None], rtol=1e-6)


def test_light_height_is_relative_to_the_camera():
    """Camera and light at twice the distance: a quarter of the radiance."""
    maps, normal = surface()
    near, far = Camera(fov=1.0, distance=1.0), Camera(fov=1.0, distance=2.0)
    pictures = [shade("diffuse_cook_torrance", maps, normal, oa.Light(height=0.5), camera) for camera in (near, far)]
    np.testing.assert_allclose(pictures[1], pictures[0] / 4, rtol=1e-2)


def test_display_colours():
    assert linear_colour("#ffffff") == WHITE and linear_colour("000000") == (0.0, 0.0, 0.0)
    assert linear_colour("#ff8040") == pytest.approx((1.0, (128 / 255) ** 2.2, (64 / 255) ** 2.2))
    for text in ("red", "#fff", "#12345g", "", "#1234567"):
        with raises(RequestError, code="invalid-colour"):
            linear_colour(text)
