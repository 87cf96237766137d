"""Explicit Runge-Kutta steps that are cheaper to differentiate than diffrax's own.

The backward pass through a segment recomputes each step from a checkpointed state. Diffrax's steps then store the states of
their stages and evaluate each stage once more for its gradient; these store the intermediate values of f instead, at the cost
of memory for all stages of a step.
"""

import functools
from typing import ClassVar

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
from diffrax import AbstractTerm
from jax import lax


class ScannedStages(diffrax.AbstractAdaptiveSolver):
    """The steps of one of diffrax's explicit methods, up to rounding; for an `ODETerm`, forward in time, in float32."""

    method: diffrax.AbstractERK

    term_structure: ClassVar = AbstractTerm
    interpolation_cls: ClassVar = diffrax.LocalLinearInterpolation

    def order(self, terms):
        """The order of convergence."""
        return self.method.order(terms)

    def error_order(self, terms):
        """The order of the error estimate."""
        return self.method.error_order(terms)

    def init(self, terms, t0, t1, y0, args):
        """f at the start of the solve for methods that are first same as last (FSAL)."""
        return terms.vf(t0, y0, args) if self.method.tableau.fsal else None

    def step(self, terms, t0, t1, y0, args, solver_state, made_jump):
        """One step, with the interface of diffrax's solvers."""
        tableau, h = self.method.tableau, t1 - t0
        count, known = tableau.num_stages, int(tableau.fsal)
        rows, shares = np.zeros((count, count), np.float32), np.zeros(count, np.float32)
        for row, weights in enumerate(tableau.a_lower, start=1):
            rows[row, : len(weights)] = weights
        shares[1:] = tableau.c

        def moved(start, weights, slopes):
            # Highest precision: the weights of the error estimate cancel, which TF32 on a GPU would not resolve.
            combined = functools.partial(jnp.tensordot, weights, axes=1, precision=lax.Precision.HIGHEST)
            return jax.tree.map(lambda y, k: y + h * combined(k), start, slopes)

        def stage(slopes, at):
            index, row, share = at
            slope = terms.vf(t0 + share * h, moved(y0, row, slopes), args)
            return jax.tree.map(lambda all_of, one: all_of.at[index].set(one), slopes, slope), None

        slopes = jax.tree.map(lambda y: jnp.zeros((count, *y.shape), y.dtype), y0)
        if known:
            slopes = jax.tree.map(lambda all_of, one: all_of.at[0].set(one), slopes, solver_state)
        slopes, _ = lax.scan(stage, slopes, (jnp.arange(known, count), rows[known:], shares[known:]))
        y1 = moved(y0, np.float32(tableau.b_sol), slopes)
        error = moved(jax.tree.map(jnp.zeros_like, y0), np.float32(tableau.b_error), slopes)
        last = jax.tree.map(lambda all_of: all_of[-1], slopes) if known else None
        return y1, error, {"y0": y0, "y1": y1}, last, diffrax.RESULTS.successful

    def func(self, terms, t0, y0, args):
        """f."""
        return terms.vf(t0, y0, args)
