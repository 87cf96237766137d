"""Times and number of keyframes."""

import numpy as np
import pytest
from raising import raises

from ode_appearance.config.schema import Times
from ode_appearance.errors import RequestError
from ode_appearance.keyframes.keyframe_times import check_count, default_count, keyframe_times

TIMES = Times(warmup=1.0, duration=5.0)


@pytest.mark.parametrize("start, end", [(-1, 5), (-1, 7.5), (0, 5), (2, 3), (-0.5, 0.2), (5, 6), (6, 7)])
@pytest.mark.parametrize("count", [2, 3, 17, 64])
def test_times_ascend_from_start_to_end(start, end, count):
    times = keyframe_times(TIMES, start, end, count)
    assert len(times) == count and (np.diff(times) > 0).all()
    assert times[0] == start and times[-1] == np.float32(end)


def test_the_bounds_of_the_span_are_keyframes_and_the_warm_up_is_dense():
    times = np.array(keyframe_times(TIMES, -1, 7, 64))
    assert 0 in times and 5 in times
    steps = np.diff(times)
    assert 2 * steps[times[:-1] < 0].max() < steps[times[:-1] >= 0].min()


def test_an_empty_range_is_refused():
    with raises(RequestError, code="empty-range"):
        keyframe_times(TIMES, 2, 2, 10)


def test_large_states_get_fewer_keyframes():
    assert default_count("svbrdf", (128, 128)) == default_count("svbrdf", (256, 256)) == 64
    assert default_count("svbrdf", (512, 512)) == 32 and default_count("rgb", (512, 512)) == 64
    assert default_count("svbrdf", (2048, 2048)) == 8


@pytest.mark.parametrize("count, size, nearest", [(1, (64, 64), 2), (300, (64, 64), 256), (64, (2048, 2048), 16)])
def test_the_nearest_possible_count_is_named(count, size, nearest):
    with raises(RequestError, code="out-of-range") as caught:
        check_count("svbrdf", size, count)
    assert f" {nearest} are" in str(caught.value)
    assert check_count("svbrdf", size, nearest) == nearest
