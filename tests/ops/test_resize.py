"""Resampling by two equals `jax.image.resize` with published borders, and commutes with rolls with periodic borders."""

import jax
import numpy as np
import pytest

from ode_appearance.ops import resize

downsample, upsample = (jax.jit(resample, static_argnums=1) for resample in (resize.downsample_by_two, resize.upsample_by_two))

SHAPES = [(2, 2, 1), (2, 8, 3), (4, 6, 2), (16, 10, 4)]


def picture(shape):
    return np.random.default_rng(0).standard_normal(shape, np.float32)


@pytest.mark.parametrize("shape", SHAPES)
def test_downsampling_equals_the_published_resize(shape):
    x = picture(shape)
    expected = jax.image.resize(x, (shape[0] // 2, shape[1] // 2, shape[2]), "bilinear")
    np.testing.assert_allclose(downsample(x, "published"), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", [*SHAPES, (1, 1, 2), (3, 5, 1)])
def test_upsampling_equals_the_published_resize(shape):
    x = picture(shape)
    expected = jax.image.resize(x, (2 * shape[0], 2 * shape[1], shape[2]), "bilinear")
    np.testing.assert_allclose(upsample(x, "published"), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("shift", [(1, 0), (0, 1), (1, 2)])
def test_periodic_downsampling_commutes_with_rolls(shape, shift):
    x = picture(shape)
    rolled = downsample(np.roll(x, (2 * shift[0], 2 * shift[1]), (0, 1)), "periodic")
    np.testing.assert_allclose(rolled, np.roll(downsample(x, "periodic"), shift, (0, 1)), rtol=1e-6)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("shift", [(1, 0), (0, 1), (1, 2)])
def test_periodic_upsampling_commutes_with_rolls(shape, shift):
    x = picture(shape)
    rolled = upsample(np.roll(x, shift, (0, 1)), "periodic")
    expected = np.roll(upsample(x, "periodic"), (2 * shift[0], 2 * shift[1]), (0, 1))
    np.testing.assert_allclose(rolled, expected, rtol=1e-6)


def test_both_boundaries_agree_in_the_interior():
    x = picture((16, 12, 2))
    np.testing.assert_allclose(downsample(x, "periodic")[1:-1, 1:-1], downsample(x, "published")[1:-1, 1:-1], atol=1e-6)
    np.testing.assert_array_equal(upsample(x, "periodic")[1:-1, 1:-1], upsample(x, "published")[1:-1, 1:-1])


@pytest.mark.parametrize("boundary", ["published", "periodic"])
def test_a_constant_stays_constant(boundary):
    x = np.full((6, 8, 2), 0.7, np.float32)
    np.testing.assert_allclose(downsample(x, boundary), 0.7, rtol=1e-6)
    np.testing.assert_allclose(upsample(x, boundary), 0.7, rtol=1e-6)


def test_periodic_resampling_keeps_the_mean():
    x = picture((8, 12, 3))
    for result in (downsample(x, "periodic"), upsample(x, "periodic")):
        np.testing.assert_allclose(result.mean((0, 1)), x.mean((0, 1)), atol=1e-6)
