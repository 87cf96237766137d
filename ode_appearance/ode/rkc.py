"""The Runge-Kutta-Chebyshev method (RKC): long steps for mildly stiff networks, whose states settle fast and then drift.

The step of an explicit method is bounded by the decay rate of perturbations, even where the state changes slowly. With n
evaluations of f, most methods reach steps about n times as long as Euler's; stages with a shifted Chebyshev polynomial as
stability polynomial reach about n^2 / 3 times.

Verwer, Hundsdorfer and Sommeijer, "Convergence properties of the Runge-Kutta-Chebyshev method", Numerische Mathematik 57,
1990 (the stages); Sommeijer, Shampine and Verwer, "RKC: an explicit solver for parabolic PDEs", J. Comp. Appl. Math. 88,
1998 (the error estimate).
"""

import dataclasses
from collections.abc import Callable
from typing import ClassVar

import diffrax
import jax.numpy as jnp
import numpy as np
from diffrax import AbstractTerm, ThirdOrderHermitePolynomialInterpolation
from jax import lax
from jaxtyping import Float
from numpy.polynomial import chebyshev

RKC_STAGES = 5
"""Evaluations of f per step: of 3 to 8, the number with the fewest evaluations in total for the shipped SVBRDFs."""
_DAMPING = 2 / 13


@dataclasses.dataclass(frozen=True)
class Coefficients:
    """Coefficients of the stages j = 2 ... s, with Y_0 = y and Y_1 = y + mu_tilde_1 h f(y):

    Y_j = (1 - mu - nu) y + mu Y_{j-1} + nu Y_{j-2} + h (mu_tilde f(Y_{j-1}) + gamma_tilde f(y)). `times` are the times of
    stages 1 ... s as fractions of the step.
    """

    mu_tilde_1: float
    mu: Float[np.ndarray, " _"]
    nu: Float[np.ndarray, " _"]
    mu_tilde: Float[np.ndarray, " _"]
    gamma_tilde: Float[np.ndarray, " _"]
    times: Float[np.ndarray, " s"]


def coefficients(stages: int) -> Coefficients:
    """The coefficients of the second-order method with the standard damping."""
    w0 = 1 + _DAMPING / stages**2
    T, first, second = (
        np.array([chebyshev.chebval(w0, chebyshev.chebder(np.eye(stages + 1)[j], order)) for j in range(stages + 1)])
        for order in (0, 1, 2)
    )
    w1 = first[-1] / second[-1]
    b = np.concatenate([np.full(2, second[2] / first[2] ** 2), second[2:] / first[2:] ** 2])
    a = 1 - b * T
    mu_tilde = 2 * b[2:] * w1 / b[1:-1]
    times = np.concatenate([[w1 / (4 * w0**2)], w1 * second[2:] / first[2:]])
    return Coefficients(b[1] * w1, 2 * b[2:] * w0 / b[1:-1], -b[2:] / b[:-2], mu_tilde, -a[1:-1] * mu_tilde, times)


class RungeKuttaChebyshev(diffrax.AbstractAdaptiveSolver):
    """RKC of second order with an error estimate of third order; first same as last (FSAL)."""

    term_structure: ClassVar = AbstractTerm
    interpolation_cls: ClassVar[Callable[..., ThirdOrderHermitePolynomialInterpolation]] = (
        ThirdOrderHermitePolynomialInterpolation
    )

    def order(self, terms):
        """The order of convergence."""
        return 2

    def error_order(self, terms):
        """The order of the error estimate."""
        return 3

    def init(self, terms, t0, t1, y0, args):
        """f at the start of the solve."""
        return terms.vf(t0, y0, args)

    def step(self, terms, t0, t1, y0, args, solver_state, made_jump):
        """One step, with the interface of diffrax's solvers."""
        known, h, start = coefficients(RKC_STAGES), t1 - t0, solver_state
        # The loop evaluates f at every stage including the last, whose next stage is discarded: a row of zeros.
        rows = np.stack([known.mu, known.nu, known.mu_tilde, known.gamma_tilde], axis=1)
        rows = jnp.asarray(np.concatenate([rows, np.zeros((1, 4))]), y0.dtype)
        times = jnp.asarray(known.times, y0.dtype)

        def stage(index, carry):
            before_last, last, _ = carry
            slope = terms.vf(t0 + times[index] * h, last, args)
            mu, nu, mu_tilde, gamma_tilde = rows[index]
            following = (1 - mu - nu) * y0 + mu * last + nu * before_last + h * (mu_tilde * slope + gamma_tilde * start)
            return last, following, slope

        y1, _, end = lax.fori_loop(0, RKC_STAGES, stage, (y0, y0 + known.mu_tilde_1 * h * start, start))
        error = 0.8 * (y0 - y1) + 0.4 * h * (start + end)
        dense = {"y0": y0, "y1": y1, "k0": h * start, "k1": h * end}
        return y1, error, dense, end, diffrax.RESULTS.successful

    def func(self, terms, t0, y0, args):
        """f."""
        return terms.vf(t0, y0, args)
