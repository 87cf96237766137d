"""The annotations are really checked while the tests run."""

import jax.numpy as jnp
import pytest
from jaxtyping import TypeCheckError

import ode_appearance as oa
from ode_appearance.models.maps import height_to_normal
from ode_appearance.ode.trajectory import Trajectory
from ode_appearance.ops.circular_conv import circular_convolution
from ode_appearance.shading.plane import tone_map


def test_a_wrong_shape_is_noticed():
    with pytest.raises(TypeCheckError):
        height_to_normal(jnp.zeros((2, 8, 8)))


def test_a_wrong_type_is_noticed():
    with pytest.raises(TypeCheckError):
        tone_map(jnp.zeros((3, 8, 8), jnp.int32))


def test_shapes_that_do_not_fit_each_other_are_noticed():
    with pytest.raises(TypeCheckError):
        circular_convolution(jnp.zeros((8, 8, 3)), jnp.zeros((3, 3, 4, 5)))
    with pytest.raises(TypeCheckError):
        Trajectory(jnp.zeros(2).__array__(), jnp.zeros((3, 12, 8, 8)).__array__(), "complete", {})


def test_a_wrong_word_is_noticed():
    with pytest.raises(TypeCheckError):
        oa.SolverConfig(method="leapfrog")


def test_a_whole_number_passes_where_any_number_does():
    assert oa.Light(x=1).x == 1
