"""Solve a material's ODE: from a seed and a size to states over time.

The steps of a solve depend only on the material, the seed, the size and the solver. The integration starts from noise at
-warmup (from a stitched state: at time 0), chooses its own steps, ends one step exactly at the end of the exemplar's span, and
continues. The requested times only determine where the dense output is evaluated and where the solve may end. The same request
therefore gives the same states, whether streamed, solved at once, or extended from an earlier solve.
"""

import dataclasses
import time as clock
from collections.abc import Callable, Iterator, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..config.request_checks import check_size, check_times, effective_step
from ..config.schema import SolverConfig
from ..errors import RequestError
from ..models.material import Material, fingerprint, with_start_kind
from ..runtime.memory_budget import check_memory, enough_memory
from ..runtime.precision import in_single_precision
from .cache import CachedSolve, TrajectoryCache
from .stitched_start import stitched_start
from .trajectory import SolveStatus, Trajectory

CHUNK_STATES = 4
"""Maximum states per chunk: small, so that the first states arrive early."""
CHUNK_ATTEMPTS = 8
"""Maximum attempted steps per chunk: small, so that `stop` takes effect soon."""


@in_single_precision
def initial_noise(seed: int, channels: int, size: tuple[int, int]) -> Float[Array, "channels h w"]:
    """Standard normal noise (channels, height, width) for a seed; seed 42 gives the noise of the published samples."""
    width, height = size
    with jax.threefry_partitionable(False):
        key, _ = jax.random.split(jax.random.PRNGKey(seed))
        return jax.random.normal(jax.random.split(key, 1)[0], (channels, height, width))


@in_single_precision
def solve_stream(
    material: Material,
    *,
    seed: int = 0,
    size: tuple[int, int] = (128, 128),
    times: Sequence[float] | np.ndarray,
    solver: SolverConfig | None = None,
    start: str | Float[Array, "channels h w"] | Float[np.ndarray, "channels h w"] | None = None,
    noise: Float[Array, "channels h w"] | Float[np.ndarray, "channels h w"] | None = None,
    stop: Callable[[], bool] = lambda: False,
    cache: TrajectoryCache | None = None,
) -> Iterator[Trajectory]:
    """Solve a material and yield states as they are reached.

    Args:
        material: The material.
        seed: Of the noise or the stitched start, 0 to 2^32 - 1.
        size: (width, height) in pixels, multiples of `config.architecture.downsampling`.
        times: Model times; at least one.
        solver: Default: the material's solver.
        start: "noise" starts at -warmup; "stitched", or a state given as an array, starts at time 0. Default: the material's.
        noise: Replaces the seed's noise.
        stop: Called between chunks; True ends the solve.
        cache: Cached states are yielded first; the others start from the nearest earlier cached position. Not used with `noise`
            or a given state.

    Yields:
        Chunks of at most CHUNK_STATES states. The last chunk may be empty; its `status` tells how the solve ended.

    Raises:
        RequestError: Before the solve for an invalid size, time, seed, start or noise; during it where memory runs out.

    Example:
        >>> import ode_appearance as oa
        >>> material = oa.load("rusting_steel")
        >>> [chunk.status for chunk in oa.solve_stream(material, size=(32, 32), times=[0.0])]
        ['complete']
    """
    initial = noise
    if noise is not None:
        material = with_start_kind(material, "noise")
    elif isinstance(start, str):
        material = with_start_kind(material, start)
    elif start is not None:
        initial = start
        material = Material(material.vector_field, dataclasses.replace(material.config, start="stitched"), material.start)
    config = material.config
    solver = config.solver if solver is None else solver
    size = check_size(config, size)
    check_memory(config, solver, size)
    wanted = check_times(config, times)
    if initial is None:
        if not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
            raise RequestError(f"The seed {seed!r} is invalid: use a whole number from 0 to {2**32 - 1}.", code="invalid-seed")
        key = (fingerprint(material), int(seed), size, solver)
        with enough_memory(size):
            if config.start == "stitched":
                initial = stitched_start(material, int(seed), size)
            else:
                initial = initial_noise(seed, config.architecture.channels, size)
    else:
        key, cache = None, None
        expected = (config.architecture.channels, size[1], size[0])
        argument = "start" if noise is None else "noise"
        if initial.shape != expected:
            raise RequestError(
                f"The {argument} has shape {initial.shape}; {config.name} at this size needs {expected}.", code="wrong-shape"
            )
        if not bool(jnp.isfinite(initial).all()):
            raise RequestError(f"The {argument} contains NaN or infinity: use finite numbers.", code="not-finite")
    return _stream(material, solver, jnp.asarray(initial, jnp.float32), wanted, stop, cache, key)


@in_single_precision
def solve(material: Material, **request) -> Trajectory:
    """Solve a material and return all states.

    Args:
        material: The material.
        **request: The arguments of `solve_stream`.

    Returns:
        One trajectory, times ascending. It is shorter than requested where its `status` is not "complete".

    Raises:
        RequestError: As `solve_stream`.

    Example:
        >>> import ode_appearance as oa
        >>> trajectory = oa.solve(oa.load("rusting_steel"), seed=1, size=(32, 32), times=[0.0, 1.0])
        >>> trajectory.states.shape
        (2, 24, 32, 32)
    """
    chunks = list(solve_stream(material, **request))
    _, _, height, width = chunks[0].states.shape
    with enough_memory((width, height)):
        return Trajectory.join(chunks)


@in_single_precision
def _stream(material, solver, initial, *rest) -> Iterator[Trajectory]:
    _, height, width = initial.shape
    with enough_memory((width, height)):
        yield from _chunks(material, solver, initial, *rest)


def _chunks(material, solver, initial, wanted, stop, cache, key) -> Iterator[Trajectory]:
    from . import stepper as stepping  # imports diffrax, which would delay the start of an app

    began, suspended = clock.perf_counter(), 0.0  # suspended: seconds at `yield`
    config = material.config
    solved = CachedSolve() if cache is None else cache.find(key)
    known = [time for time in wanted if float(time) in solved.states]
    pending = np.array([time for time in wanted if float(time) not in solved.states], np.float32)
    position = last = None
    taken = 0
    status: SolveStatus = "running"

    def trajectory(times, states):
        stats = {
            "steps": 0 if position is None else int(position.steps),
            "rejected": 0 if position is None else int(position.rejected),
            "time": config.first_time if position is None else float(position.start),
            "taken": taken,
            "seconds": clock.perf_counter() - began - suspended,
        }
        empty = np.zeros((0, *initial.shape), np.float32)
        return Trajectory(np.asarray(times, np.float32), np.stack(states) if len(states) else empty, status, stats)

    if known:
        status = "running" if pending.size else "complete"
        suspended_at = clock.perf_counter()
        yield trajectory(known, [solved.states[float(time)] for time in known])
        suspended += clock.perf_counter() - suspended_at
    while pending.size:
        if stop():
            status = "stopped"
            yield trajectory([], [])
            return
        position, last = _resume(material, solver, initial, solved, pending[0], position, last)
        before = int(position.steps)
        times = np.full(CHUNK_STATES, np.inf, np.float32)
        times[: min(CHUNK_STATES, pending.size)] = pending[:CHUNK_STATES]
        chunk = stepping.advance(
            material.vector_field,
            solver,
            position,
            last,
            jnp.asarray(times),
            jnp.int32(CHUNK_ATTEMPTS),
            jnp.float32(config.times.duration),
        )
        position, last, saved = chunk.position, chunk.last, int(chunk.saved)
        taken += int(position.steps) - before
        reached, pending = pending[:saved], pending[saved:]
        states = list(np.asarray(chunk.states)[:saved])
        if cache is not None and not bool(chunk.failed):
            solved.add(reached, states, jax.tree.map(np.asarray, position))
            cache.store(key, solved)
            if solved.bytes > cache.limit:  # too large for the cache: free it here too
                solved, cache = CachedSolve(), None
        if not pending.size:
            status = "complete"
        elif bool(chunk.failed):
            status = "not finite"
        elif int(position.steps) >= solver.max_steps:
            status = "step limit"
        suspended_at = clock.perf_counter()
        yield trajectory(reached, states)
        suspended += clock.perf_counter() - suspended_at
        if status != "running":
            return


def _resume(material, solver, initial, solved, time, position, last):
    """Where to continue for a state at `time`: the current position, or a nearer cached one, or the start."""
    from . import stepper as stepping

    cached = solved.position_before(float(time))
    current = None if position is None or float(last.start) > time else position
    if cached is not None and (current is None or float(cached.start) > float(current.start)):
        cached = jax.tree.map(jnp.asarray, cached)
        return cached, stepping.no_last_step(material.vector_field, solver, cached)
    if current is not None:
        return current, last
    step = effective_step(material.config, solver)
    start = jnp.float32(material.config.first_time)
    return stepping.initial_position(material.vector_field, solver, start, jnp.float32(step or 0), initial)
