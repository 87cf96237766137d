"""The Chebyshev method keeps long steps of decaying states stable, and is of second order (see test_stepping.py too)."""

import jax.numpy as jnp
import numpy as np
import pytest
from analytic import formula, unit_noise

import ode_appearance as oa
from ode_appearance.config.schema import SolverConfig
from ode_appearance.ode.rkc import STAGES, coefficients

STABLE = {2: 2.0, 3: 5.2, 5: 15.6, 8: 41.1}
"""Where the damped stability polynomial leaves [-1, 1], by the number of stages."""


def amplification(known, z):
    """What a step makes of y' = (z/h) y, y = 1: the stability polynomial at z."""
    before, at = np.ones_like(z), 1 + known.first * z
    for row in zip(known.before, known.second, known.now, known.start, strict=True):
        mu, nu, now, start = row
        before, at = at, 1 - mu - nu + mu * at + nu * before + z * (now * at + start)
    return at


@pytest.mark.parametrize("stages", STABLE)
def test_the_stability_polynomial(stages):
    known = coefficients(stages)
    inside = np.linspace(-STABLE[stages], -1e-3, 1000)
    assert (np.abs(amplification(known, inside)) <= 1).all()
    assert np.abs(amplification(known, np.array([-1.5 * STABLE[stages]]))) > 1
    # 1 + z + z^2/2 is what the second order needs.
    z = np.array([-1e-2, -5e-3])
    errors = np.abs(amplification(known, z) - np.exp(z))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(3, abs=0.1)
    assert (np.diff(known.times) > 0).all() and known.times[-1] == pytest.approx(1)


def test_steps_far_beyond_those_of_others():
    """A state that follows sin t at a rate of 40, in steps of 0.3: the others' end at 0.05."""

    def following(t, z):
        return 40 * (jnp.sin(t) - z) + jnp.cos(t)

    times = np.linspace(0.5, 2.9, 9)
    assert 40 * 0.3 < STABLE[STAGES]
    for method, works in (("rkc", True), ("heun", False), ("bosh3", False)):
        material = formula(following, duration=3.0, solver=SolverConfig(method, step=0.3))
        states = oa.solve(material, size=(4, 4), times=times, noise=unit_noise((4, 4))).states
        errors = [np.abs(state - np.sin(time)).max() for state, time in zip(states, times, strict=False)]
        assert (max(errors) < 0.1) == works
