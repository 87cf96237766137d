"""The trajectory cache: accounting of bytes, and eviction."""

import jax
import numpy as np
import pytest
from analytic import calm, formula

import ode_appearance as oa
from ode_appearance.config.schema import SolverConfig
from ode_appearance.ode.cache import CachedSolve


def measured_bytes(cache):
    """Total size of the buffers that the cache keeps alive, including the base arrays of views."""
    buffers = {}
    for solved in cache._solves.values():
        for leaf in jax.tree.leaves((list(solved.states.values()), solved.positions)):
            while leaf.base is not None and isinstance(leaf.base, np.ndarray):
                leaf = leaf.base
            buffers[id(leaf)] = leaf.nbytes
    return sum(buffers.values())


@pytest.mark.parametrize("method", ["heun", "tsit5"])
def test_bytes_match_the_measured_bytes(method):
    cache = oa.TrajectoryCache()
    material = formula(calm, solver=SolverConfig(method, step=0.05))
    for times in (np.linspace(-1, 2, 7), np.linspace(-1, 3, 14)):
        oa.solve(material, size=(16, 16), times=times, cache=cache)
        assert measured_bytes(cache) == pytest.approx(cache.bytes, rel=0.01)


def test_a_repeated_request_adds_no_bytes():
    cache = oa.TrajectoryCache()
    material = formula(calm, solver=SolverConfig("heun", step=0.05))
    for _ in range(3):
        oa.solve(material, size=(16, 16), times=[0.0, 1.0, 2.0], cache=cache)
        held = cache.bytes
    one = 16 * 16 * 3 * 4
    # Times within one step add one state each, and the position after the step once.
    for time in np.linspace(0.11, 0.14, 5):
        oa.solve(material, size=(16, 16), times=[time], cache=cache)
    assert held + 5 * one < cache.bytes < held + 6 * one + 100
    again = cache.bytes
    oa.solve(material, size=(16, 16), times=np.linspace(0.11, 0.14, 5), cache=cache)
    assert cache.bytes == again


@pytest.mark.parametrize("states", [3, 10, 40])
def test_the_limit_holds(states):
    """Also during a solve that exceeds the limit by itself."""
    one = 3 * 16 * 16 * 4
    cache = oa.TrajectoryCache(limit=states * one)
    material = formula(calm, solver=SolverConfig("heun", step=0.02))
    for seed in range(3):
        for _ in oa.solve_stream(material, seed=seed, size=(16, 16), times=np.linspace(-1, 2, 30), cache=cache):
            assert measured_bytes(cache) <= cache.bytes * 1.01 <= cache.limit * 1.01


def filled(count, start=0.0):
    solved = CachedSolve()
    position = type("Position", (), {"start": np.float32(start), "y": np.zeros((1, 10, 10), np.float32)})()
    solved.states = {float(i): np.zeros((1, 10, 10), np.float32) for i in range(count)}
    solved.positions, solved.bytes = [position], 400 * count
    return solved


def test_the_least_recently_used_entry_is_evicted_first():
    cache = oa.TrajectoryCache(limit=1200)
    for key in "abc":
        cache.store(key, filled(1))
    cache.find("a")
    cache.store("d", filled(1))
    assert [key for key in "abcd" if cache.find(key).states] == ["a", "c", "d"]
    assert cache.bytes == 1200
    cache.clear()
    assert cache.bytes == 0 and not cache.find("a").states


def test_a_smaller_entry_does_not_replace_a_larger_one():
    cache = oa.TrajectoryCache(limit=10_000)
    cache.store("a", filled(3))
    cache.store("a", filled(1))
    assert len(cache.find("a").states) == 3
    cache.store("a", filled(4))
    assert len(cache.find("a").states) == 4 and cache.bytes == 1600


def test_an_entry_over_the_limit_is_not_stored():
    cache = oa.TrajectoryCache(limit=1000)
    cache.store("a", filled(2))
    cache.store("b", filled(3))
    assert cache.find("a").states and not cache.find("b").states


def test_entries_are_copied_in_and_out():
    cache = oa.TrajectoryCache()
    mine = filled(1)
    cache.store("a", mine)
    mine.states[99.0] = np.zeros((1, 10, 10), np.float32)
    cache.find("a").states[98.0] = np.zeros((1, 10, 10), np.float32)
    assert list(cache.find("a").states) == [0.0]


def test_changing_a_returned_state_does_not_change_the_cache():
    cache, material = oa.TrajectoryCache(), formula(calm)
    first = oa.solve(material, size=(4, 4), times=[0.0, 1.0], cache=cache)
    kept = first.states.copy()
    first.states[:] = 7
    np.testing.assert_array_equal(oa.solve(material, size=(4, 4), times=[0.0, 1.0], cache=cache).states, kept)
