"""A resumable integrator: one compiled function that takes Runge-Kutta steps and saves states, called repeatedly.

It does the same as `diffrax.diffeqsolve`, with diffrax's solvers, step size controllers and dense output, but the loop state is
an argument and a result. A solve can therefore be streamed, stopped, resumed and extended, and takes the same steps however
it is divided into chunks.
"""

import functools
from typing import Any, NamedTuple

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float, Int

from ..config.schema import SolverConfig
from ..models.unet import VectorField
from ..runtime.jit import compiled
from .rkc import RungeKuttaChebyshev

SOLVERS = {
    "heun": diffrax.Heun,
    "tsit5": diffrax.Tsit5,
    "bosh3": diffrax.Bosh3,
    "rkc": RungeKuttaChebyshev,
    "euler": diffrax.Euler,
}
FIRST_STEP = 0.01
"""First step (model time) with adaptive step sizes: the value that `diffeqsolve(dt0=None)` selects in the published code."""

# Relative to the time: a smaller float32 step no longer changes it.
_SMALLEST_STEP = 4 * float(jnp.finfo(jnp.float32).eps)


class Position(NamedTuple):
    """The loop state of a solve: everything that its next step needs."""

    start: Float[Array, ""]  # model time of the next step's start
    end: Float[Array, ""]
    y: Float[Array, "c h w"]  # state at start
    solver_state: Any
    controller_state: Any
    steps: Int[Array, ""]  # attempted so far
    rejected: Int[Array, ""]


class LastStep(NamedTuple):
    """The last accepted step; its dense output covers (start, Position.start]."""

    start: Float[Array, ""]
    dense: Any


class Chunk(NamedTuple):
    """The result of one call of `advance`."""

    position: Position
    last: LastStep
    states: Float[Array, "n c h w"]
    saved: Int[Array, ""]
    failed: Array  # bool: a state was not finite, or the step size vanished


def _term(field: VectorField) -> diffrax.ODETerm:
    return diffrax.ODETerm(lambda t, y, args: field(t, y))


def controller(config: SolverConfig) -> diffrax.AbstractStepSizeController:
    """The step size controller: an I-controller as published, or a constant step."""
    if config.fixed_step is not None:
        return diffrax.ConstantStepSize()
    # Tolerances are static arguments: there are only a few distinct values, and each costs one compilation.
    return diffrax.PIDController(rtol=config.rtol, atol=config.atol, pcoeff=0, icoeff=1, dcoeff=0)


@compiled
def initial_position(
    field: VectorField, config: SolverConfig, start: Float[Array, ""], step: Float[Array, ""], y: Float[Array, "c h w"]
) -> tuple[Position, LastStep]:
    """The position before the first step, from state `y` at time `start`; `step` is the length of fixed steps."""
    term, solver, control = _term(field), SOLVERS[config.method](), controller(config)
    infinity = jnp.asarray(jnp.inf, start.dtype)
    dt0 = step if isinstance(control, diffrax.ConstantStepSize) else FIRST_STEP
    end, controller_state = control.init(term, start, infinity, y, dt0, None, solver.func, solver.error_order(term))
    solver_state = solver.init(term, start, end, y, None)
    as_arrays = functools.partial(jax.tree.map, jnp.asarray)
    zero = jnp.zeros((), jnp.int32)
    position = Position(start, end, y, solver_state, as_arrays(controller_state), zero, zero)
    return position, _no_last_step(field, config, position)


def _no_last_step(field: VectorField, config: SolverConfig, position: Position) -> LastStep:
    """A placeholder for the last step of a position without one: the first position, or one from the cache."""
    shapes = eqx.filter_eval_shape(_dense_output, field, config, position)
    return LastStep(position.start, jax.tree.map(lambda leaf: jnp.zeros(leaf.shape, leaf.dtype), shapes))


no_last_step = compiled(_no_last_step)


def _dense_output(field, config, position):
    solver = SOLVERS[config.method]()
    return solver.step(_term(field), *position[:3], None, position.solver_state, False)[2]


@compiled
def advance(
    field: VectorField,
    config: SolverConfig,
    position: Position,
    last: LastStep,
    times: Float[Array, " n"],
    attempts: Int[Array, ""],
    clip: Float[Array, ""],
) -> Chunk:
    """Take steps until a state is saved for each of `times`, but at most `attempts`.

    Args:
        field: The vector field.
        config: Method, tolerances and step limit.
        position: Where to continue.
        last: The last accepted step before `position`.
        times: Model times to save states at, ascending, padded with infinity.
        attempts: Maximum number of steps, rejected ones included.
        clip: A model time at which a step has to end exactly.
    """
    term, solver, control = _term(field), SOLVERS[config.method](), controller(config)
    wanted = jnp.sum(jnp.isfinite(times)).astype(jnp.int32)

    def save_reached(position, last, states, saved):
        """Save the states at all times up to the position."""

        def reached(carry):
            _, saved = carry
            return (saved < wanted) & (times[jnp.minimum(saved, times.size - 1)] <= position.start)

        def save(carry):
            states, saved = carry
            t = times[saved]
            dense = solver.interpolation_cls(t0=last.start, t1=position.start, **last.dense)
            y = lax.cond(t < position.start, lambda: dense.evaluate(t), lambda: position.y)
            return states.at[saved].set(y), saved + 1

        return lax.while_loop(reached, save, (states, saved))

    def unfinished(carry):
        position, _, _, saved, _, taken, failed = carry
        return (saved < wanted) & (taken < attempts) & ~failed & (position.steps < config.max_steps)

    def step(carry):
        position, last, states, saved, _, taken, _ = carry
        start, end = position.start, position.end
        y, error, dense, solver_state, _ = solver.step(term, start, end, position.y, None, position.solver_state, False)
        if error is not None:
            error = jnp.where(jnp.isnan(error), jnp.inf, error)
        keep, next_start, next_end, _, controller_state, _ = control.adapt_step_size(
            start, end, position.y, y, None, error, solver.error_order(term), position.controller_state
        )
        next_end = _clip(next_start, next_end, clip, keep)
        choose = functools.partial(jax.tree.map, functools.partial(jnp.where, keep))
        moved = Position(
            next_start,
            next_end,
            choose(y, position.y),
            choose(solver_state, position.solver_state),
            controller_state,
            position.steps + 1,
            position.rejected + jnp.where(keep, 0, 1),
        )
        last = choose(LastStep(start, dense), last)
        finite = jnp.isfinite(jnp.sum(moved.y))
        vanished = next_end - next_start <= _SMALLEST_STEP * jnp.maximum(jnp.abs(next_start), 1e-3)
        # Only states of a finite step are saved, so that no saved state contains a NaN.
        states, saved = lax.cond(finite, lambda: save_reached(moved, last, states, saved), lambda: (states, saved))
        return moved, last, states, saved, keep, taken + 1, ~finite | vanished

    states, saved = save_reached(
        position, last, jnp.zeros((times.size, *position.y.shape), position.y.dtype), jnp.zeros((), jnp.int32)
    )
    position = position._replace(end=_clip(position.start, position.end, clip, True))
    carry = (position, last, states, saved, jnp.array(True), jnp.zeros((), jnp.int32), jnp.array(False))
    position, last, states, saved, _, _, failed = lax.while_loop(unfinished, step, carry)
    return Chunk(position, last, states, saved, failed)


def _clip(start, end, clip, keep):
    """The end of the step from `start`, moved to `clip` where the step would pass or nearly reach it (as in diffrax)."""
    nearly = clip - 100 * jnp.finfo(clip.dtype).eps * jnp.maximum(jnp.abs(clip), 1)
    passes = (start < nearly) & (end > nearly)
    return jnp.where(passes, jnp.where(keep, clip, start + 0.5 * (clip - start)), end)
