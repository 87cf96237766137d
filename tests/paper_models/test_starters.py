"""Two small trained models: dynamics and renderings equal those of the official implementation."""

import jax.numpy as jnp
import numpy as np
import pytest
from figures import KEPT_OF_STARTERS, LIGHTS, figures, official_material, relative_error

import ode_appearance as oa
from ode_appearance.config.schema import SolverConfig

STARTERS = ("rusting_steel", "clay_solidifying")


@pytest.fixture(scope="module", params=STARTERS)
def starter(request):
    return official_material(request.param), figures(f"starter_{request.param}")


def states_of(starter, solver):
    """The solve over the span, as for the figures, and its states at the figures' times."""
    material, expected = starter
    times = [*expected["times"].tolist(), material.config.times.duration]
    trajectory = oa.solve(material, size=(64, 64), times=times, noise=jnp.asarray(expected["x"]), solver=solver)
    assert trajectory.status == "complete"
    return trajectory, trajectory.states[:-1][KEPT_OF_STARTERS]


def test_adaptive_steps(starter):
    trajectory, states = states_of(starter, SolverConfig())
    assert trajectory.stats["steps"] == int(starter[1]["steps"])
    for state, other in zip(states, starter[1]["states"], strict=True):
        assert relative_error(state, other) < 1e-4


def test_fixed_steps(starter):
    trajectory, states = states_of(starter, SolverConfig(step=0.2))
    assert trajectory.stats["steps"] == 30
    for state, other in zip(states, starter[1]["states_fixed"], strict=True):
        assert relative_error(state, other) < 1e-4


@pytest.mark.parametrize("light", LIGHTS)
def test_lit_pictures(light):
    """The figures hold some pixels of the maps; only the height affects neighbouring pixels."""
    material, expected = official_material("clay_solidifying"), figures("starter_clay_solidifying")
    state = np.zeros((18, 64, 64), np.float32)
    state[:8][KEPT_OF_STARTERS] = expected["lit/maps"]
    state[8] = expected["lit/height"][0]
    log_intensity = material.config.light.log_intensity
    assert log_intensity == pytest.approx(-0.2284, abs=1e-4)
    picture = oa.render(material, jnp.asarray(state), light=oa.Light(*LIGHTS[light], log_intensity))
    assert relative_error(np.asarray(picture)[KEPT_OF_STARTERS], expected[f"lit/{light}"]) < 1e-5
