"""Differentiable integration of one segment, with the optional regularisers."""

import contextlib
import dataclasses
from collections.abc import Callable

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

from ...ops.circular_conv import any_derivative
from .step_config import StepConfig


def integrate(
    field: Callable,
    config: StepConfig,
    key: PRNGKeyArray,
    start: Float[Array, ""],
    end: Float[Array, ""],
    state: Float[Array, "channels h w"],
) -> tuple[Float[Array, "channels h w"], Float[Array, " 2"], Int[Array, ""]]:
    """Integrate dz/dt = field(t, z) from `start` to `end`.

    Kinetic energy: integral of mean(f^2)/2. Jacobian norm: integral of mean((e^T df/dz)^2) for one normal draw e. A regulariser
    of weight 0 is not integrated.

    Args:
        field: callable pytree; gradients pass to its leaves and to the state.

    Returns:
        The state at `end` (NaN if the solver failed), the integrals (kinetic, Jacobian), and the number of steps.

    Source:
        Finlay et al., "How to train your neural ODE", ICML 2020.
    """
    kinetic, jacobian = config.loss.kinetic_weight > 0, config.loss.jacobian_weight > 0
    probe = jax.random.normal(key, state.shape) if jacobian else None

    def rate(t, augmented, args):
        # Backsolve takes forward-mode derivatives of reverse-mode ones.
        with any_derivative() if config.solver.adjoint == "backsolve" else contextlib.nullcontext():
            return augmented_rate(t, augmented, *args)

    def augmented_rate(t, augmented, field, probe):
        z, _ = augmented
        if jacobian:
            velocity, pull = jax.vjp(lambda z: field(t, z), z)
            (row,) = pull(probe)
            stretch = jnp.mean(row**2)
        else:
            velocity, stretch = field(t, z), jnp.zeros(())
        energy = jnp.mean(velocity**2) / 2 if kinetic else jnp.zeros(())
        return velocity, jnp.stack([energy, stretch])

    import diffrax  # imported late: not needed for viewing materials

    from ...ode.first_step import WithFirstStep
    from ...ode.scan_erk import ScannedStages
    from ...ode.stepper import SOLVERS, controller

    by_tolerance = controller(config.solver.solver_config)
    if config.solver.coarsest_step:
        step_sizes = diffrax.ConstantStepSize()
        step = _equal_step(config.solver.coarsest_step, jax.random.fold_in(key, 1), end - start)
    else:
        # The step size ignores the regularisers, so that the states' steps equal those of a plain solve.
        norm = lambda augmented: jnp.sqrt(jnp.mean(augmented[0] ** 2))  # noqa: E731
        step_sizes = dataclasses.replace(by_tolerance, norm=norm)
        step = jnp.minimum(config.solver.first_step, end - start)
    solver = SOLVERS[config.solver.runge_kutta]()
    if config.solver.adjoint == "backsolve":
        first_step = step
        adjoint = diffrax.BacksolveAdjoint(solver=solver, stepsize_controller=by_tolerance)
    else:
        first_step, step_sizes, solver = None, WithFirstStep(step_sizes, step), ScannedStages(solver)
        adjoint = diffrax.RecursiveCheckpointAdjoint(checkpoints=min(32, config.solver.max_steps))
    solution = diffrax.diffeqsolve(
        diffrax.ODETerm(rate),
        solver,
        t0=start,
        t1=end,
        dt0=first_step,
        y0=(state, jnp.zeros(2)),
        args=(field, probe),
        stepsize_controller=step_sizes,
        adjoint=adjoint,
        max_steps=config.solver.max_steps,
        throw=False,
    )
    final, integrals = jax.tree.map(lambda saved: saved[-1], solution.ys)
    final = jnp.where(solution.result == diffrax.RESULTS.successful, final, jnp.nan)
    return final, integrals, solution.stats["num_steps"]


def _equal_step(coarsest, key, length):
    """Length of equal steps that fill a segment, at most a random length between a quarter of `coarsest` and `coarsest`.

    The random length is log-uniform and new in each iteration, so that the field does not fit the errors of one step length.
    """
    longest = coarsest * 4 ** -jax.random.uniform(key)
    return length / jnp.maximum(jnp.ceil(length / longest), 1)
