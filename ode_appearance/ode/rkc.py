"""A Runge-Kutta-Chebyshev method, for networks whose states settle fast and then drift: its steps may be long.

An explicit method's step is bounded by how fast a disturbance decays, however slowly the state moves. Of n evaluations of
f, most methods make a step about n times as long as Euler's; stages whose stability polynomial is a shifted Chebyshev
polynomial make one about n^2 / 3 times as long.

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

STAGES = 5
"""Evaluations of f a step: of 3 to 8, what took the fewest of them in all for the shipped SVBRDFs."""
_DAMPING = 2 / 13


@dataclasses.dataclass(frozen=True)
class Coefficients:
    """For stage j = 2 ... s, with Y_0 = y and Y_1 = y + first h f(y):

    Y_j = (1 - before - second) y + before Y_{j-1} + second Y_{j-2} + h (now f(Y_{j-1}) + start f(y)), and the times of
    stages 1 ... s as shares of the step.
    """

    first: float
    before: Float[np.ndarray, " _"]
    second: Float[np.ndarray, " _"]
    now: Float[np.ndarray, " _"]
    start: Float[np.ndarray, " _"]
    times: Float[np.ndarray, " s"]


def coefficients(stages: int) -> Coefficients:
    """Those of the second-order method with so many stages, damped as usual."""
    w0 = 1 + _DAMPING / stages**2
    T, first, second = (
        np.array([chebyshev.chebval(w0, chebyshev.chebder(np.eye(stages + 1)[j], order)) for j in range(stages + 1)])
        for order in (0, 1, 2)
    )
    w1 = first[-1] / second[-1]
    b = np.concatenate([np.full(2, second[2] / first[2] ** 2), second[2:] / first[2:] ** 2])
    a = 1 - b * T
    now = 2 * b[2:] * w1 / b[1:-1]
    times = np.concatenate([[w1 / (4 * w0**2)], w1 * second[2:] / first[2:]])
    return Coefficients(b[1] * w1, 2 * b[2:] * w0 / b[1:-1], -b[2:] / b[:-2], now, -a[1:-1] * now, times)


class RungeKuttaChebyshev(diffrax.AbstractAdaptiveSolver):
    """Of second order, with an error estimate of third; the last evaluation of f in a step is the next one's first."""

    term_structure: ClassVar = AbstractTerm
    interpolation_cls: ClassVar[Callable[..., ThirdOrderHermitePolynomialInterpolation]] = (
        ThirdOrderHermitePolynomialInterpolation
    )

    def order(self, terms):
        """The order of convergence."""
        return 2

    def error_order(self, terms):
        """The power of the step that the error estimate goes with."""
        return 3

    def init(self, terms, t0, t1, y0, args):
        """f at the start."""
        return terms.vf(t0, y0, args)

    def step(self, terms, t0, t1, y0, args, solver_state, made_jump):
        """One step, as diffrax's solvers make it."""
        known, h, start = coefficients(STAGES), t1 - t0, solver_state
        # An evaluation at each stage, the last one included, whose successor is nobody's.
        rows = np.stack([known.before, known.second, known.now, known.start], axis=1)
        rows = jnp.asarray(np.concatenate([rows, np.zeros((1, 4))]), y0.dtype)
        times = jnp.asarray(known.times, y0.dtype)

        def stage(index, carry):
            before_last, last, _ = carry
            slope = terms.vf(t0 + times[index] * h, last, args)
            before, second, now, at_start = rows[index]
            following = (1 - before - second) * y0 + before * last + second * before_last + h * (now * slope + at_start * start)
            return last, following, slope

        y1, _, end = lax.fori_loop(0, STAGES, stage, (y0, y0 + known.first * h * start, start))
        error = 0.8 * (y0 - y1) + 0.4 * h * (start + end)
        dense = {"y0": y0, "y1": y1, "k0": h * start, "k1": h * end}
        return y1, error, dense, end, diffrax.RESULTS.successful

    def func(self, terms, t0, y0, args):
        """f."""
        return terms.vf(t0, y0, args)
