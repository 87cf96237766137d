"""From a material, a seed and a size to its states over time.

The steps of a solve depend on the material, the seed, the size and the solver alone: the integration starts from noise at
-warmup, takes its own steps, ends one of them exactly at the end of the exemplar's span, and goes on. The times that are
asked for only say where states are read off (by the method's dense output) and where it may end. So the same request gives
the same states, streamed or whole, at once or as an extension of an earlier one. A solve that starts from a stitched state
starts at time 0 instead.
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
from .stitched_start import stitched_start
from .trajectory import Solved, Status, Trajectory, TrajectoryCache

CHUNK_STATES = 4
"""States that one chunk can have: small, so that the first ones arrive early."""
CHUNK_ATTEMPTS = 8
"""Steps that one chunk may attempt: small, so that a stop is noticed soon."""


@in_single_precision
def initial_noise(seed: int, channels: int, size: tuple[int, int]) -> Float[Array, "channels h w"]:
    """Standard normal noise (channels, height, width) for a seed; seed 42 is the noise of the published samples."""
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
    """Solve, handing out the states as they are reached.

    `size` is (width, height), `times` are model times; `solver` and `start` are the material's own by default. From "noise" a
    solve starts at -warmup, and `noise` replaces the seed's; from "stitched", or from a state that is given as `start`, it
    starts at time 0. `stop` is asked between chunks. With a `cache`, states that it holds come first, and the others start
    from the nearest earlier position that it holds. Every chunk has the states of its own times; the last one says in
    `status` how the solve ended, and may be empty.

    Raises RequestError, before anything is solved, for a size, time or seed that is not possible; and later where memory
    runs out.
    """
    given = noise
    if noise is not None:
        material = with_start_kind(material, "noise")
    elif isinstance(start, str):
        material = with_start_kind(material, start)
    elif start is not None:
        given = start
        material = Material(material.vector_field, dataclasses.replace(material.config, start="stitched"), material.start)
    config = material.config
    solver = config.solver if solver is None else solver
    size = check_size(config, size)
    check_memory(config, solver, size)
    wanted = check_times(config, times)
    if given is None:
        if not isinstance(seed, int | np.integer) or not 0 <= seed < 2**32:
            raise RequestError(f"A seed is a whole number from 0 to {2**32 - 1}, not {seed!r}.")
        key = (fingerprint(material), int(seed), size, solver)
        with enough_memory(size):
            if config.start == "stitched":
                given = stitched_start(material, int(seed), size)
            else:
                given = initial_noise(seed, config.architecture.channels, size)
    else:
        key, cache = None, None
        expected = (config.architecture.channels, size[1], size[0])
        what = "start" if noise is None else "noise"
        if given.shape != expected:
            raise RequestError(f"The {what} has shape {given.shape}, but {config.name} at that size needs {expected}.")
        if not bool(jnp.isfinite(given).all()):
            raise RequestError(f"The {what} has to be finite numbers.")
    return _stream(material, solver, jnp.asarray(given, jnp.float32), wanted, stop, cache, key)


@in_single_precision
def solve(material: Material, **request) -> Trajectory:
    """Solve and wait: the states of all chunks of `solve_stream` (same arguments) in one trajectory, times ascending."""
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
    from . import stepper as stepping  # loads diffrax, for which an app that starts does not wait

    began, others = clock.perf_counter(), 0.0  # others: seconds in which somebody had a chunk
    config = material.config
    solved = Solved() if cache is None else cache.find(key)
    known = [time for time in wanted if float(time) in solved.states]
    pending = np.array([time for time in wanted if float(time) not in solved.states], np.float32)
    position = last = None
    taken = 0
    status: Status = "running"

    def trajectory(times, states):
        stats = {
            "steps": 0 if position is None else int(position.steps),
            "rejected": 0 if position is None else int(position.rejected),
            "time": config.first_time if position is None else float(position.start),
            "taken": taken,
            "seconds": clock.perf_counter() - began - others,
        }
        empty = np.zeros((0, *initial.shape), np.float32)
        return Trajectory(np.asarray(times, np.float32), np.stack(states) if len(states) else empty, status, stats)

    if known:
        status = "running" if pending.size else "complete"
        solved_until = clock.perf_counter()
        yield trajectory(known, [solved.states[float(time)] for time in known])
        others += clock.perf_counter() - solved_until
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
            solved.keep(reached, states, jax.tree.map(np.asarray, position))
            cache.store(key, solved)
            if solved.bytes > cache.limit:  # it is not kept: nor is it here
                solved, cache = Solved(), None
        if not pending.size:
            status = "complete"
        elif bool(chunk.failed):
            status = "not finite"
        elif int(position.steps) >= solver.max_steps:
            status = "step limit"
        solved_until = clock.perf_counter()
        yield trajectory(reached, states)
        others += clock.perf_counter() - solved_until
        if status != "running":
            return


def _resume(material, solver, initial, solved, time, position, last):
    """Where to step on from for a state at `time`: the current position, or a remembered one that is nearer to it."""
    from . import stepper as stepping

    remembered = solved.position_before(float(time))
    here = None if position is None or float(last.start) > time else position
    if remembered is not None and (here is None or float(remembered.start) > float(here.start)):
        remembered = jax.tree.map(jnp.asarray, remembered)
        return remembered, stepping.no_last_step(material.vector_field, solver, remembered)
    if here is not None:
        return here, last
    step = effective_step(material.config, solver)
    start = jnp.float32(material.config.first_time)
    return stepping.begin(material.vector_field, solver, start, jnp.float32(step or 0), initial)
