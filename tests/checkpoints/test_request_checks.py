"""Impossible sizes and times are refusal, naming the nearest possible one, which is accepted."""

import dataclasses
import math
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ode_appearance.config.request_checks import MAX_PIXELS, check_size, check_times, effective_step
from ode_appearance.config.schema import Architecture, MaterialConfig, SolverConfig, Times
from ode_appearance.errors import RequestError

CONFIG = MaterialConfig(architecture=Architecture(dim_mults=(1, 2, 4)), times=Times(warmup=1.0, duration=5.0))


def refusal(check, *arguments) -> str:
    with pytest.raises(RequestError) as problem:
        check(*arguments)
    return str(problem.value)


@pytest.mark.parametrize("size", [(8, 8), (192, 128), (512, 12), (4096, 4096)])
def test_possible_sizes(size):
    assert check_size(CONFIG, size) == size


@given(st.tuples(st.integers(-50, 9000), st.integers(-50, 9000)))
@settings(max_examples=300, deadline=None)
def test_named_size_is_possible_and_near(size):
    try:
        assert check_size(CONFIG, size) == size
    except RequestError as error:
        named = tuple(int(length) for length in re.findall(r"(\d+)x(\d+)", str(error))[-1])
        assert check_size(CONFIG, named) == named
        if math.prod(max(length, 8) for length in size) <= MAX_PIXELS:
            assert all(abs(max(length, 8) - other) <= 2 for length, other in zip(size, named, strict=True))
        else:
            assert math.prod(named) > 0.98 * MAX_PIXELS


@pytest.mark.parametrize("size", [(10**9, 4), (8, 10**9), (10**400, -1), (10**400, 10**400)])
def test_largest_size_of_a_shape_is_named(size):
    named = tuple(int(length) for length in re.findall(r"(\d+)x(\d+)", refusal(check_size, CONFIG, size))[-1])
    assert check_size(CONFIG, named) == named


@pytest.mark.parametrize("levels", [1, 2, 4, 6])
def test_sizes_follow_the_architecture(levels):
    config = dataclasses.replace(CONFIG, architecture=Architecture(dim_mults=(1,) * levels))
    factor = 2 ** (levels - 1)
    assert check_size(config, (3 * factor, 5 * factor)) == (3 * factor, 5 * factor)
    if levels > 1:
        refusal(check_size, config, (3 * factor + 1, 5 * factor))


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e30, max_value=1e30), st.sampled_from([1.0, 0.99, 1 / 3, 1e3])
)
@settings(max_examples=300, deadline=None)
def test_named_time_is_possible_and_near(time, warmup):
    config = dataclasses.replace(CONFIG, times=Times(warmup=warmup, duration=5 * warmup))
    try:
        checked = check_times(config, [time])
        assert checked.dtype == np.float32 and checked.shape == (1,)
        assert float(checked[0]) == pytest.approx(time, rel=1e-5, abs=1e-5)
        assert -warmup * (1 + 1e-5) <= time <= 500 * warmup * (1 + 1e-5)
    except RequestError as error:
        named = float(re.findall(r"nearest (?:possible )?time is (-?[\d.e+]*\d)", str(error))[0])
        assert named == pytest.approx(-warmup if time < 0 else 500 * warmup, rel=1e-5)
        assert check_times(config, [named])[0] == pytest.approx(named, rel=1e-5)


def test_times_are_sorted_and_unique():
    times = check_times(CONFIG, [2, 0.1, 0.1 + 1e-12, -1.0, 2.0])
    np.testing.assert_array_equal(times, np.float32([-1.0, 0.1, 2.0]))


def test_first_and_last_time_are_possible():
    np.testing.assert_array_equal(check_times(CONFIG, [-1.0, 500.0]), np.float32([-1.0, 500.0]))
    assert check_times(CONFIG, [-1.0000001])[0] == -1.0


@pytest.mark.parametrize("times", [[], [math.nan], [0.0, math.nan], [math.inf], [-math.inf]])
def test_missing_and_non_finite_times(times):
    assert "time" in refusal(check_times, CONFIG, times)


@given(st.floats(1e-3, 10), st.floats(0.1, 20), st.floats(0.1, 20))
def test_whole_number_of_fixed_steps_fills_the_span(step, warmup, duration):
    config = dataclasses.replace(CONFIG, times=Times(warmup, duration))
    effective = effective_step(config, SolverConfig(step=step))
    steps = (warmup + duration) / effective
    assert steps == pytest.approx(round(steps), rel=1e-9)
    assert effective <= step * (1 + 1e-5)
    assert effective > step / 2 or steps == 1


def test_methods_with_fixed_steps():
    assert effective_step(CONFIG, SolverConfig("tsit5")) is None
    assert effective_step(CONFIG, SolverConfig("euler")) == pytest.approx(0.01)
