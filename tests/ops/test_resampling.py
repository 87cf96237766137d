"""Resampling by two is `jax.image.resize` with clamped borders, and commutes with rolls with periodic ones."""

import jax
import numpy as np
import pytest

from ode_appearance.ops import resize

halve, double = (jax.jit(resample, static_argnums=1) for resample in (resize.halve, resize.double))

SHAPES = [(2, 2, 1), (2, 8, 3), (4, 6, 2), (16, 10, 4)]


def picture(shape):
    return np.random.default_rng(0).standard_normal(shape, np.float32)


@pytest.mark.parametrize("shape", SHAPES)
def test_halving_is_the_published_resize(shape):
    x = picture(shape)
    expected = jax.image.resize(x, (shape[0] // 2, shape[1] // 2, shape[2]), "bilinear")
    np.testing.assert_allclose(halve(x, "published"), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [*SHAPES, (1, 1, 2), (3, 5, 1)])
def test_doubling_is_the_published_resize(shape):
    x = picture(shape)
    expected = jax.image.resize(x, (2 * shape[0], 2 * shape[1], shape[2]), "bilinear")
    np.testing.assert_allclose(double(x, "published"), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("shift", [(1, 0), (0, 1), (1, 2)])
def test_periodic_halving_commutes_with_rolls(shape, shift):
    x = picture(shape)
    rolled = halve(np.roll(x, (2 * shift[0], 2 * shift[1]), (0, 1)), "periodic")
    np.testing.assert_allclose(rolled, np.roll(halve(x, "periodic"), shift, (0, 1)), rtol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("shift", [(1, 0), (0, 1), (1, 2)])
def test_periodic_doubling_commutes_with_rolls(shape, shift):
    x = picture(shape)
    rolled = double(np.roll(x, shift, (0, 1)), "periodic")
    expected = np.roll(double(x, "periodic"), (2 * shift[0], 2 * shift[1]), (0, 1))
    np.testing.assert_allclose(rolled, expected, rtol=1e-6)


def test_both_borders_agree_away_from_the_border():
    x = picture((16, 12, 2))
    for resample in (halve, double):
        periodic, published = (resample(x, boundary)[1:-1, 1:-1] for boundary in ("periodic", "published"))
        np.testing.assert_allclose(periodic, published, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("boundary", ["published", "periodic"])
def test_a_constant_stays_as_it_is(boundary):
    x = np.full((6, 8, 2), 0.7, np.float32)
    np.testing.assert_allclose(halve(x, boundary), 0.7, rtol=1e-6)
    np.testing.assert_allclose(double(x, boundary), 0.7, rtol=1e-6)


def test_periodic_resampling_keeps_the_mean():
    x = picture((8, 12, 3))
    for result in (halve(x, "periodic"), double(x, "periodic")):
        np.testing.assert_allclose(result.mean((0, 1)), x.mean((0, 1)), atol=1e-6)
