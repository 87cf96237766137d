"""Solving: results, independence of chunks and caches, and how a solve ends."""

import importlib
import threading
import time as clock

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from analytic import CHANNELS, NO_LEVELS, blowing_up, broken_later, calm, formula, rational, shaken, unit_noise
from figures import random_weights, relative_error
from raising import raises

import ode_appearance as oa
from ode_appearance.config.schema import Architecture, MaterialConfig, SolverConfig, Times
from ode_appearance.errors import RequestError
from ode_appearance.models.maps import decode
from ode_appearance.models.unet import VectorField
from ode_appearance.ode import stepper
from ode_appearance.ode.solve import initial_noise

solving = importlib.import_module("ode_appearance.ode.solve")

SIZE = (6, 4)
TIMES = [-1.0, -0.9, -0.1, 0.0, 0.05, 0.31, 0.8, 1.5, 2.0, 2.7]
METHODS = [*(SolverConfig(method) for method in ("heun", "tsit5", "bosh3", "rkc")), SolverConfig("heun", step=0.1)]
by_name = {"ids": lambda solver: solver.method if solver.step is None else f"{solver.method}-{solver.step}"}


def steps_taken(monkeypatch):
    """A list to which the steps of every chunk computed from now on are appended."""
    taken, advance = [], stepper.advance

    def counted(field, config, position, *rest):
        chunk = advance(field, config, position, *rest)
        taken.append(int(chunk.position.steps) - int(position.steps))
        return chunk

    monkeypatch.setattr(stepper, "advance", counted)
    return taken


# Results


def test_the_start_is_the_noise():
    noise = unit_noise(SIZE)
    trajectory = oa.solve(formula(calm), size=SIZE, times=[-1.0], noise=noise)
    np.testing.assert_array_equal(trajectory.states[0], noise)


def test_times_are_sorted_and_unique():
    trajectory = oa.solve(formula(calm), size=SIZE, times=np.array([1.0, 0.0, 1.0, 0.5, 0.5 + 1e-9]))
    np.testing.assert_array_equal(trajectory.times, np.float32([0.0, 0.5, 1.0]))
    assert trajectory.states.shape == (3, CHANNELS, 4, 6)
    assert trajectory.states.dtype == np.float32 and trajectory.status == "complete"


def test_size_is_width_and_height():
    assert oa.solve(formula(calm), size=(10, 2), times=[-1.0]).states.shape == (1, CHANNELS, 2, 10)


def test_the_solution_matches_the_closed_form():
    material = formula(rational, solver=SolverConfig("tsit5", rtol=1e-6, atol=1e-6))
    noise = jnp.asarray(np.linspace(0.5, 0.7, CHANNELS * 24).reshape(CHANNELS, 4, 6), jnp.float32)
    trajectory = oa.solve(material, size=SIZE, times=[0.0, 2.0, 5.0], noise=noise)
    for time, state in zip(trajectory.times, trajectory.states, strict=True):
        np.testing.assert_allclose(state, 1 / (time**2 + 1 / noise - 1), rtol=1e-4)


def test_seed_42_gives_the_published_noise():
    with jax.threefry_partitionable(False):
        key, _ = jax.random.split(jax.random.PRNGKey(42))
        published = jax.random.normal(jax.random.split(key, 1)[0], (12, 16, 16))
    for partitionable in (False, True):
        with jax.threefry_partitionable(partitionable):
            np.testing.assert_array_equal(initial_noise(42, 12, (16, 16)), published)


def test_noise_is_normal_and_depends_on_the_seed():
    noise = np.asarray(initial_noise(7, 12, (64, 32)))
    assert noise.shape == (12, 32, 64)
    assert abs(noise.mean()) < 0.02 and abs(noise.std() - 1) < 0.02
    assert abs(np.mean(noise**4) - 3) < 0.1
    assert not np.any(noise == np.asarray(initial_noise(8, 12, (64, 32))))


def test_the_materials_own_solver_is_the_default():
    solver = SolverConfig("bosh3", step=0.25)
    material = formula(calm, solver=solver)
    by_default = oa.solve(material, size=SIZE, times=[2.0])
    explicit = oa.solve(formula(calm), size=SIZE, times=[2.0], solver=solver)
    assert by_default.stats["steps"] == explicit.stats["steps"] == 12
    np.testing.assert_array_equal(by_default.states, explicit.states)


def test_a_periodic_material_tiles():
    """Rolling the noise of an SVBRDF with periodic resampling and normals rolls all of its maps."""
    architecture = Architecture(channels=10, dim=8, dim_mults=(1, 2), attention=None, resampling="periodic")
    config = MaterialConfig(
        kind="svbrdf",
        brdf="diffuse_cook_torrance",
        architecture=architecture,
        times=Times(1.0, 1.0),
        solver=SolverConfig("heun", step=0.1),
        normals="periodic",
    )
    material = oa.Material(random_weights(VectorField, architecture), config)
    noise, shift = unit_noise((16, 8), channels=10), (2, -6)

    def maps(noise):
        return decode(material, jnp.asarray(oa.solve(material, size=(16, 8), times=[0.8], noise=noise).states[0]))

    whole, rolled = maps(noise), maps(jnp.roll(noise, shift, (1, 2)))
    assert not np.allclose(whole["normal"][2], 1, atol=0.01)
    for name in whole:
        np.testing.assert_allclose(rolled[name], np.roll(whole[name], shift, (1, 2)), atol=1e-4)


# Independence of chunks and caches


# Every number of states is one more compilation: not tested for every method.
@pytest.mark.parametrize(
    ("solver", "attempts", "states"),
    [*((solver, 1, 4) for solver in METHODS), (METHODS[0], 3, 1), (METHODS[1], 1000, 64)],
    ids=lambda value: value.method if isinstance(value, SolverConfig) else str(value),
)
def test_chunks_change_nothing(monkeypatch, solver, attempts, states):
    material = formula(shaken, solver=solver)
    as_shipped = oa.solve(material, seed=1, size=SIZE, times=TIMES)
    monkeypatch.setattr(solving, "CHUNK_ATTEMPTS", attempts)
    monkeypatch.setattr(solving, "CHUNK_STATES", states)
    trajectory = oa.solve(material, seed=1, size=SIZE, times=TIMES)
    assert trajectory.status == as_shipped.status == "complete"
    for name in ("steps", "rejected", "time"):
        assert trajectory.stats[name] == as_shipped.stats[name]
    assert relative_error(trajectory.states, as_shipped.states) < 1e-6


def test_chunks_change_nothing_for_a_network(monkeypatch):
    architecture = Architecture(channels=4, dim=4, dim_mults=(1, 2), attention=None)
    material = oa.Material(random_weights(VectorField, architecture), MaterialConfig(architecture=architecture))
    as_shipped = oa.solve(material, size=(8, 4), times=[0.0, 0.4, 2.0])
    monkeypatch.setattr(solving, "CHUNK_ATTEMPTS", 1)
    trajectory = oa.solve(material, size=(8, 4), times=[0.0, 0.4, 2.0])
    assert trajectory.stats["steps"] == as_shipped.stats["steps"]
    assert relative_error(trajectory.states, as_shipped.states) < 1e-6


@pytest.mark.parametrize("solver", METHODS, **by_name)
def test_other_times_change_nothing(solver):
    material = formula(shaken, solver=solver)
    together = oa.solve(material, seed=1, size=SIZE, times=TIMES)
    for index in (2, 5, 7, 9):
        alone = oa.solve(material, seed=1, size=SIZE, times=TIMES[index : index + 1])
        assert relative_error(alone.states[0], together.states[index]) < 1e-6


def test_a_stream_is_the_solve_in_chunks():
    material = formula(shaken)
    chunks = list(oa.solve_stream(material, seed=1, size=SIZE, times=np.linspace(-1, 2, 30)))
    whole = oa.solve(material, seed=1, size=SIZE, times=np.linspace(-1, 2, 30))
    assert len(chunks) > 5
    assert [chunk.status for chunk in chunks] == ["running"] * (len(chunks) - 1) + ["complete"]
    assert all(len(chunk.times) == len(chunk.states) <= solving.CHUNK_STATES for chunk in chunks)
    np.testing.assert_array_equal(np.concatenate([chunk.times for chunk in chunks]), whole.times)
    np.testing.assert_array_equal(np.concatenate([chunk.states for chunk in chunks]), whole.states)
    steps = [chunk.stats["steps"] for chunk in chunks]
    assert steps == sorted(steps) and np.diff([0, *steps]).max() <= solving.CHUNK_ATTEMPTS


@pytest.mark.parametrize("solver", METHODS, **by_name)
def test_a_cached_request_takes_no_steps(monkeypatch, solver):
    material, cache = formula(shaken, solver=solver), oa.TrajectoryCache()
    first = oa.solve(material, size=SIZE, times=TIMES, cache=cache)
    taken = steps_taken(monkeypatch)
    again = oa.solve(material, size=SIZE, times=TIMES[::-1], cache=cache)
    assert taken == [] and again.status == "complete"
    np.testing.assert_array_equal(again.states, first.states)
    np.testing.assert_array_equal(again.times, first.times)


@pytest.mark.parametrize("solver", METHODS, **by_name)
def test_a_cached_range_is_extended(monkeypatch, solver):
    material, cache = formula(shaken, solver=solver), oa.TrajectoryCache()
    oa.solve(material, size=SIZE, times=TIMES[:6], cache=cache)
    fresh = oa.solve(material, size=SIZE, times=TIMES)
    before = oa.solve(material, size=SIZE, times=TIMES[:6]).stats["steps"]
    taken = steps_taken(monkeypatch)
    extended = oa.solve(material, size=SIZE, times=TIMES, cache=cache)
    assert extended.stats["steps"] == fresh.stats["steps"]
    assert sum(taken) <= fresh.stats["steps"] - before + solving.CHUNK_ATTEMPTS
    assert relative_error(extended.states, fresh.states) < 1e-6


@pytest.mark.parametrize("solver", METHODS, **by_name)
def test_a_time_within_a_cached_range_takes_few_steps(monkeypatch, solver):
    material, cache = formula(shaken, solver=solver), oa.TrajectoryCache()
    oa.solve(material, size=SIZE, times=TIMES, cache=cache)
    for time in (0.6, -0.5, 1.7, 0.02):
        fresh = oa.solve(material, size=SIZE, times=[time])
        with monkeypatch.context() as patch:
            taken = steps_taken(patch)
            near = oa.solve(material, size=SIZE, times=[time], cache=cache)
        # Cached positions are at most one chunk apart.
        assert sum(taken) <= solving.CHUNK_ATTEMPTS
        assert relative_error(near.states, fresh.states) < 1e-6


def test_a_solve_does_not_hold_more_than_the_cache_limit(monkeypatch):
    material, state = formula(calm), 4 * CHANNELS * SIZE[0] * SIZE[1]
    cache, held, add = oa.TrajectoryCache(limit=6 * state), [], solving.CachedSolve.add

    def watched(solved, *rest):
        add(solved, *rest)
        held.append(solved.bytes)

    monkeypatch.setattr(solving.CachedSolve, "add", watched)
    times = np.linspace(-1, 2.7, 60)
    cached = oa.solve(material, size=SIZE, times=times, cache=cache)
    assert held and max(held) < cache.limit + 12 * state, "at most one chunk over the limit"
    np.testing.assert_array_equal(cached.states, oa.solve(material, size=SIZE, times=times).states)


def test_time_between_chunks_is_not_counted():
    material, cache = formula(calm), oa.TrajectoryCache()
    oa.solve(material, size=SIZE, times=[0.0, 1.0, 1.5], cache=cache)
    chunks = oa.solve_stream(material, size=SIZE, times=[0.0, 1.0, 1.5, 2.0], cache=cache)
    seconds = []
    for chunk in chunks:
        seconds.append(chunk.stats["seconds"])
        clock.sleep(3)
    assert len(seconds) > 1 and seconds[-1] < 3


def test_cached_and_new_times_together():
    material, cache = formula(shaken), oa.TrajectoryCache()
    oa.solve(material, size=SIZE, times=TIMES[::2], cache=cache)
    mixed = list(oa.solve_stream(material, size=SIZE, times=TIMES, cache=cache))
    np.testing.assert_array_equal(mixed[0].times, np.float32(TIMES[::2]))
    joined, fresh = oa.Trajectory.join(mixed), oa.solve(material, size=SIZE, times=TIMES)
    np.testing.assert_array_equal(joined.times, fresh.times)
    assert relative_error(joined.states, fresh.states) < 1e-6


def test_different_requests_have_different_cache_keys(monkeypatch):
    cache = oa.TrajectoryCache()
    request = {"seed": 0, "size": SIZE, "times": [1.0], "cache": cache}
    oa.solve(formula(calm), **request)
    taken = steps_taken(monkeypatch)
    for change in ({"seed": 1}, {"size": (4, 6)}, {"solver": SolverConfig("tsit5")}, {"solver": SolverConfig(rtol=1e-3)}):
        oa.solve(formula(calm), **(request | change))
        assert taken and taken.pop() is not None, change
        taken.clear()
    oa.solve(formula(calm, duration=3.0), **request)
    assert taken


def test_different_weights_have_different_cache_keys():
    architecture = Architecture(channels=4, dim=4, dim_mults=(1,), attention=None)
    config, cache = MaterialConfig(architecture=architecture), oa.TrajectoryCache()
    states = [
        oa.solve(
            oa.Material(random_weights(VectorField, architecture, seed=seed), config), size=(4, 4), times=[0.5], cache=cache
        ).states
        for seed in (0, 1)
    ]
    assert relative_error(*states) > 0.01


def test_threads_share_a_cache():
    """Many threads, equal and different requests, a cache too small for all: correct states, and never over the limit."""
    solver = SolverConfig("heun", step=0.05)
    material = formula(calm, solver=solver)
    expected = {seed: oa.solve(material, seed=seed, size=SIZE, times=np.linspace(-1, 3, 17)) for seed in range(3)}
    cache = oa.TrajectoryCache(limit=60 * expected[0].states[0].nbytes)
    problems, sizes = [], []

    def work(number):
        random = np.random.default_rng(number)
        try:
            for _ in range(12):
                seed, chosen = int(random.integers(3)), np.sort(random.choice(17, 5, replace=False))
                times = expected[seed].times[chosen]
                trajectory = oa.solve(material, seed=seed, size=SIZE, times=times, cache=cache)
                sizes.append(cache.bytes)
                assert relative_error(trajectory.states, expected[seed].states[chosen]) < 1e-6
        except Exception as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not problems
    assert 0 < max(sizes) <= cache.limit


# How a solve ends


@pytest.mark.parametrize("chunks", [0, 1, 3])
def test_stop_takes_effect_after_the_chunk(chunks):
    material, times = formula(calm, solver=SolverConfig("heun", step=0.01)), np.linspace(-1, 2, 50)
    calls = iter(range(1000))
    trajectory = oa.solve(material, size=SIZE, times=times, stop=lambda: next(calls) >= chunks)
    whole = oa.solve(material, size=SIZE, times=times)
    assert trajectory.status == "stopped"
    assert trajectory.stats["steps"] == chunks * solving.CHUNK_ATTEMPTS
    assert len(trajectory.times) < 5
    np.testing.assert_array_equal(trajectory.states, whole.states[: len(trajectory.times)])


def test_a_stopped_solve_is_cached(monkeypatch):
    material, cache = formula(calm, solver=SolverConfig("heun", step=0.01)), oa.TrajectoryCache()
    calls = iter(range(1000))
    stopped = oa.solve(material, size=SIZE, times=[2.0], cache=cache, stop=lambda: next(calls) >= 10)
    taken = steps_taken(monkeypatch)
    oa.solve(material, size=SIZE, times=[2.0], cache=cache)
    assert sum(taken) == 300 - stopped.stats["steps"]


def test_at_the_step_limit_the_reached_states_are_returned():
    solver = SolverConfig("heun", step=0.1, max_steps=15)
    material, times = formula(calm), [-1.0, 0.0, 0.45, 0.55, 2.0]
    trajectory = oa.solve(material, size=SIZE, times=times, solver=solver)
    assert trajectory.status == "step limit" and trajectory.stats["steps"] == 15
    np.testing.assert_array_equal(trajectory.times, np.float32(times[:3]))
    whole = oa.solve(material, size=SIZE, times=times, solver=SolverConfig("heun", step=0.1))
    np.testing.assert_array_equal(trajectory.states, whole.states[:3])


@pytest.mark.parametrize("solver", [*METHODS, SolverConfig("euler")], **by_name)
@pytest.mark.parametrize("rule", [blowing_up, broken_later])
def test_states_that_are_not_finite_are_not_returned(rule, solver):
    noise = 0.5 + 0.5 * jnp.abs(unit_noise(SIZE))
    trajectory = oa.solve(formula(rule, solver=solver), size=SIZE, times=np.linspace(-1, 200, 1000), noise=noise)
    # A step may jump over the singularity; the following steps become tiny and reach the limit.
    assert trajectory.status == "not finite" or (rule is blowing_up and trajectory.status == "step limit")
    assert len(trajectory.times) >= 2
    assert np.isfinite(trajectory.states).all()
    assert trajectory.stats["steps"] <= solver.max_steps


@pytest.mark.parametrize("bad", [np.nan, np.inf])
@pytest.mark.parametrize("solver", [SolverConfig("heun"), SolverConfig("tsit5", step=0.2)], **by_name)
def test_weights_that_are_not_finite(bad, solver):
    architecture = Architecture(channels=4, dim=4, dim_mults=(1,), attention=None)
    field = jax.tree.map(lambda leaf: jnp.full_like(leaf, bad), random_weights(VectorField, architecture))
    cache = oa.TrajectoryCache()
    material = oa.Material(field, MaterialConfig(architecture=architecture))
    for _ in range(2):
        trajectory = oa.solve(material, size=(4, 4), times=[-1.0, 0.0, 1.0], solver=solver, cache=cache)
        assert trajectory.status == "not finite"
        np.testing.assert_array_equal(trajectory.times, [-1.0])
        assert np.isfinite(trajectory.states).all()


# Invalid requests


@pytest.mark.parametrize(
    "request_", [{"seed": -1}, {"seed": 2**32}, {"size": (6, 1)}, {"times": [-1.5]}, {"times": []}, {"times": [1e9]}]
)
def test_an_invalid_request_is_refused_before_the_solve(monkeypatch, request_):
    taken = steps_taken(monkeypatch)
    with pytest.raises(RequestError):
        oa.solve_stream(formula(calm), **({"size": SIZE, "times": [0.0]} | request_))
    assert taken == []


@pytest.mark.parametrize(
    ("noise", "code"),
    [
        (unit_noise((4, 6)), "wrong-shape"),
        (unit_noise(SIZE, channels=4), "wrong-shape"),
        (unit_noise(SIZE) * np.nan, "not-finite"),
    ],
    ids=["size", "channels", "nan"],
)
def test_invalid_noise_is_refused(noise, code):
    with raises(RequestError, code=code):
        oa.solve(formula(calm), size=SIZE, times=[0.0], noise=noise)


def test_the_largest_seeds_work():
    noises = [initial_noise(seed, NO_LEVELS.channels, SIZE) for seed in (2**31 - 1, 2**31, 2**32 - 1)]
    assert len({noise.tobytes() for noise in map(np.asarray, noises)}) == 3
