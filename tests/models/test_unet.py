"""The vector field agrees with the official implementation; rolled states and states of unequal sides."""

import dataclasses

import equinox as eqx
import jax.numpy as jnp
import numpy as np
import pytest
from figures import KEPT, PUBLISHED, figures, formula_field, random_weights, relative_error

from ode_appearance.config.schema import Architecture, Attention
from ode_appearance.models.unet import VectorField
from ode_appearance.models.unet_weights import count_parameters

DEEP = Architecture(channels=5, dim=4, dim_mults=(1, 2, 4), attention=Attention(2, 4))
PLAIN = Architecture(channels=5, dim=8, dim_mults=(1, 3), attention=None)


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_official_figures(name):
    expected = figures("vector_fields")
    field = eqx.filter_jit(formula_field(PUBLISHED[name]))
    for time in (-0.5, 0.3, 4.0):
        ours = field(jnp.float32(time), jnp.asarray(expected[f"{name.removesuffix('_tiny')}/x"]))
        assert relative_error(np.asarray(ours)[KEPT], expected[f"{name}/f({time})"]) < 1e-5


def test_the_published_parameter_counts():
    assert count_parameters(PUBLISHED["rgb"]) == 563_916
    assert count_parameters(PUBLISHED["svbrdf"]) == 507_730


@pytest.mark.parametrize(("architecture", "boundary"), [(DEEP, "periodic"), (PLAIN, "periodic"), (PLAIN, "published")])
def test_rolls(architecture, boundary):
    field = eqx.filter_jit(random_weights(VectorField, dataclasses.replace(architecture, resampling=boundary)))
    z = np.random.default_rng(0).standard_normal((5, 16, 24), np.float32)
    for shift in ((4, 0), (0, 8), (12, -4)):
        rolled = field(jnp.float32(0.7), np.roll(z, shift, (1, 2)))
        error = relative_error(rolled, np.roll(field(jnp.float32(0.7), z), shift, (1, 2)))
        # Only periodic resampling commutes with rolls; published resampling depends on the border.
        assert error < 1e-5 if boundary == "periodic" else error > 1e-4


@pytest.mark.parametrize("shape", [(4, 4), (4, 20)])
def test_the_minimum_sizes(shape):
    z = np.random.default_rng(0).standard_normal((5, *shape), np.float32)
    result = eqx.filter_jit(random_weights(VectorField, PLAIN))(jnp.float32(0.0), z)
    assert result.shape == z.shape and np.isfinite(result).all()


def test_the_vector_field_depends_on_time():
    field = eqx.filter_jit(random_weights(VectorField, PLAIN))
    z = np.random.default_rng(0).standard_normal((5, 4, 4), np.float32)
    assert relative_error(field(jnp.float32(1.0), z), field(jnp.float32(0.0), z)) > 1e-3
