"""RKC is stable with long steps of decaying states, and of second order (see also test_stepper.py)."""

import jax.numpy as jnp
import numpy as np
import pytest
from analytic import formula, unit_noise

import ode_appearance as oa
from ode_appearance.config.schema import SolverConfig
from ode_appearance.ode.rkc import RKC_STAGES, coefficients

STABLE = {2: 2.0, 3: 5.2, 5: 15.6, 8: 41.1}
"""Minus the real stability limit of the damped polynomial, by the number of stages."""


def amplification(known, z):
    """The stability polynomial at z: the result of one step of y' = (z/h) y from y = 1."""
    before, at = np.ones_like(z), 1 + known.mu_tilde_1 * z
    for row in zip(known.mu, known.nu, known.mu_tilde, known.gamma_tilde, strict=True):
        mu, nu, mu_tilde, gamma_tilde = row
        before, at = at, 1 - mu - nu + mu * at + nu * before + z * (mu_tilde * at + gamma_tilde)
    return at


@pytest.mark.parametrize("stages", STABLE)
def test_the_stability_polynomial(stages):
    known = coefficients(stages)
    inside = np.linspace(-STABLE[stages], -1e-3, 1000)
    assert (np.abs(amplification(known, inside)) <= 1).all()
    assert np.abs(amplification(known, np.array([-1.5 * STABLE[stages]]))) > 1
    # Second order: the polynomial agrees with 1 + z + z^2/2.
    z = np.array([-1e-2, -5e-3])
    errors = np.abs(amplification(known, z) - np.exp(z))
    assert np.log2(errors[0] / errors[1]) == pytest.approx(3, abs=0.1)
    assert (np.diff(known.times) > 0).all() and known.times[-1] == pytest.approx(1)


def test_stable_with_longer_steps_than_other_methods():
    """A state that relaxes to sin t at rate 40, in steps of 0.3; other methods are stable up to 0.05."""

    def following(t, z):
        return 40 * (jnp.sin(t) - z) + jnp.cos(t)

    times = np.linspace(0.5, 2.9, 9)
    assert 40 * 0.3 < STABLE[RKC_STAGES]
    for method, works in (("rkc", True), ("heun", False), ("bosh3", False)):
        material = formula(following, duration=3.0, solver=SolverConfig(method, step=0.3))
        states = oa.solve(material, size=(4, 4), times=times, noise=unit_noise((4, 4))).states
        errors = [np.abs(state - np.sin(time)).max() for state, time in zip(states, times, strict=False)]
        assert (max(errors) < 0.1) == works
