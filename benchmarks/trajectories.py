"""A whole trajectory of a shipped material: our solve against the published one in its straightforward formulation."""

import time
from collections.abc import Callable, Iterator

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Float

from ode_appearance.checkpoints.library import load
from ode_appearance.config.schema import SolverConfig
from ode_appearance.models.material import Material, starting_from
from ode_appearance.ode.solve import initial_noise, solve

from .baseline import baseline_solve
from .figure import Figure

MATERIAL = "clay_solidifying"
KEYFRAMES = 64
PUBLISHED = SolverConfig()
_LONG_STEPS = SolverConfig("rkc", rtol=2e-2, atol=2e-2)
_EXACT = SolverConfig("tsit5", rtol=1e-5, atol=1e-5)


def figures(quick: bool) -> Iterator[Figure]:
    """Seconds, and errors: mean absolute differences of states from those of Tsit5 at a tolerance of 1e-5."""
    on_cpu = jax.devices()[0].platform == "cpu"
    material = starting_from(load(MATERIAL), "noise")
    for size in (64,) if quick else (128,) if on_cpu else (128, 256, 1024):
        yield from _figures_at(material, size, 1 if quick else 3, 0.5 if size == 256 else None)


def _figures_at(material, size, rounds, limit):
    span = material.config.times
    times = np.linspace(-span.warmup, span.duration, KEYFRAMES).astype(np.float32)

    def with_solver(solver):
        return lambda: solve(material, size=(size, size), times=times, solver=solver).states

    exact = with_solver(_EXACT)()
    published_seconds, published_states = _timed(published_solve(material, size, times), 1)
    published_error = float(np.abs(published_states - exact).mean())
    title = f"{material.name} [{-span.warmup:g}, {span.duration:g}], {size}x{size}, {KEYFRAMES} keyframes"
    for solver, said in ((material.config.solver, "the material's own "), (PUBLISHED, ""), (_LONG_STEPS, "")):
        call = with_solver(solver)
        call()
        seconds, states = _timed(call, rounds)
        error = float(np.abs(states - exact).mean())
        how = f"{said}{solver.method} {solver.rtol:g}"
        yield Figure(f"{title}, {how}", seconds, "s", published_seconds, published_seconds / seconds, 12.0, limit)
        yield Figure("mean absolute error of it", error, "", published_error, published_error / error, 1.0)


def published_solve(
    material: Material, size: int, times: Float[np.ndarray, " n"]
) -> Callable[[], Float[np.ndarray, "n c h w"]]:
    """A compiled solve as the paper's release makes it: diffrax's Heun under an I-controller, f as its layers come."""
    noise = initial_noise(0, material.config.architecture.channels, (size, size))

    def solved(field, noise, times):
        return baseline_solve(field, PUBLISHED, times[0], times[-1], None, noise, diffrax.SaveAt(ts=times))

    compiled = eqx.filter_jit(solved).lower(material.vector_field, noise, jnp.asarray(times)).compile()
    return lambda: np.asarray(compiled(material.vector_field, noise, jnp.asarray(times)))


def _timed(call, rounds):
    """(median seconds, result) of a function."""
    seconds, result = [], None
    for _ in range(rounds):
        began = time.perf_counter()
        result = call()
        seconds.append(time.perf_counter() - began)
    return float(np.median(seconds)), result
