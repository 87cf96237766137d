"""How long a solve will take, told from those before."""

import dataclasses

import numpy as np
import pytest
from materials import RGB

from ode_appearance import SolverConfig, Trajectory
from ode_appearance.app.solving.eta import Speed
from ode_appearance.app.solving.requests import SolveRequest


@pytest.fixture
def config():
    return RGB


@pytest.fixture
def request_():
    return SolveRequest("tiny", 0, (16, 16), (-1.0, 0.0, 5.0), SolverConfig())


def chunk(time, steps, seconds, taken=None):
    stats = dict(time=time, steps=steps, seconds=seconds, taken=steps if taken is None else taken)
    return Trajectory(np.zeros(0, np.float32), np.zeros((0, 1, 1, 1)), "running", stats)


def watched(config, request, *chunks):
    speed, before = Speed(), None
    for each in chunks:
        speed.note(config, request, before, each)
        before = each
    return speed


def test_nothing_is_foretold_before_anything_was_solved(config, request_):
    assert Speed().seconds(config, request_) is None
    # The first chunk may have been compiled: it says nothing about time.
    assert watched(config, request_, chunk(0.0, 8, 60.0)).seconds(config, request_) is None


def test_time_grows_with_pixels_steps_and_range(config, request_):
    # 20 steps in 10 seconds, after 8 that were compiled
    speed = watched(config, request_, chunk(0.0, 8, 60.0), chunk(5.0, 28, 70.0))
    assert speed.seconds(config, request_) == pytest.approx(28 * 0.5)
    larger = dataclasses.replace(request_, size=(32, 16))
    assert speed.seconds(config, larger) == pytest.approx(2 * 28 * 0.5)
    longer = dataclasses.replace(request_, times=(-1.0, 11.0))
    assert speed.seconds(config, longer) == pytest.approx(28 * 0.5 * 11.5 / 5.5)
    shorter = dataclasses.replace(request_, times=(-1.0, 0.0))
    assert speed.seconds(config, shorter) == pytest.approx(8 * 0.5)
    assert "about 14 s" in speed.describe(config, request_)


def test_another_solver_or_material_is_another_course(config, request_):
    speed = watched(config, request_, chunk(0.0, 8, 60.0), chunk(5.0, 28, 70.0))
    assert speed.seconds(config, dataclasses.replace(request_, material="another")) is None
    assert speed.seconds(config, dataclasses.replace(request_, solver=SolverConfig(rtol=1e-4))) is None


def test_what_comes_from_memory_says_nothing_about_time(config, request_):
    speed = watched(config, request_, chunk(-1.0, 0, 0.0), chunk(5.0, 28, 0.001, taken=0))
    assert speed.seconds(config, request_) is None
