"""What is said of the time that is left, against a clock of the test's own."""

import dataclasses

import numpy as np
import pytest
from materials import RGB

from ode_appearance import SolverConfig, Trajectory
from ode_appearance.app.solving import eta as speeds
from ode_appearance.app.solving.eta import Speed
from ode_appearance.app.solving.requests import SolveRequest
from ode_appearance.app.solving.solve_progress import Progress

REQUEST = SolveRequest("tiny", 0, (64, 64), (-1.0, 0.0, 5.0), SolverConfig())
START, END = -RGB.times.warmup, REQUEST.times[-1]


def solve(speed, request=REQUEST, *, compiling=20.0, each=0.4, waits=lambda step: 0.0, warmup_share=0.5, steps=80, resumed=0):
    """(told, true) seconds left after each chunk of 4 steps; `waits` are seconds for which others have the solver before it.

    A share of the steps is taken in the warm-up. With `resumed`, so many steps were there from an earlier solve.
    """
    now, others, told = 0.0, 0.0, []
    progress = Progress(RGB, request, speed, lambda: now)
    turning = warmup_share * steps
    for step in range(resumed + 4, steps + 1, 4):
        wait = waits(step)
        now += 4 * each + wait + (compiling if step == resumed + 4 else 0.0)
        others += wait
        model = START * (1 - step / turning) if step < turning else END * (step - turning) / (steps - turning)
        stats = {"time": model, "steps": step, "taken": step - resumed, "seconds": now - others}
        progress.note(Trajectory(np.zeros(0, np.float32), np.zeros((0, 1, 1, 1)), "running", stats))
        told.append((progress.seconds_left, now))
    return [(left, now - when) for left, when in told[:-1]]


def assert_true(pairs, within=2.0):
    for said, true in pairs:
        assert said is not None and true / within <= said <= true * within, (said, true)


def test_compiling_is_not_taken_for_progress():
    """The seconds of the first chunk were taken off the estimate, which ended at "about a second left" for the whole solve."""
    speed = Speed()
    solve(speed)
    assert_true(solve(speed, compiling=60.0))


def test_the_first_solve_of_a_material_tells_from_its_second_chunk_on():
    # Steps lie as dense in the warm-up as later: the span so far tells how many are to come.
    pairs = solve(Speed(), warmup_share=-START / (END - START))
    assert pairs[0][0] is None
    assert_true(pairs[1:])


def test_others_turns_count():
    speed = Speed()
    solve(speed)
    pairs = solve(speed, waits=lambda step: 4 * 0.4)
    assert_true(pairs[1:])
    # Those who come in the middle are noticed, once what lies ahead has as many of them as what is measured.
    assert_true(solve(speed, waits=lambda step: 0.0 if step < 20 else 1.0)[10:])


def test_another_size_has_a_cost_of_its_own():
    speed = Speed()
    large = dataclasses.replace(REQUEST, size=(512, 512))
    solve(speed, each=0.004)  # a sixteenth of the pixels costs nearly as much a step: small states are not cheap
    solve(speed, large, each=0.05)
    assert_true(solve(speed, each=0.004))
    assert_true(solve(speed, large, each=0.05))


def test_a_solve_that_goes_on_from_memory_is_told_by_its_own_steps():
    speed = Speed()
    solve(speed)
    assert_true(solve(speed, resumed=40))


@pytest.mark.parametrize("what", ["courses", "times", "networks", "sizes"])
def test_what_is_remembered_is_bounded(monkeypatch, what):
    for name in ("MOST_COURSES", "MOST_TIMES", "MOST_NETWORKS", "MOST_SIZES"):
        monkeypatch.setattr(speeds, name, 8)
    speed = Speed()
    for number in range(20):
        config, request = RGB, REQUEST
        if what == "courses":
            request = dataclasses.replace(REQUEST, solver=SolverConfig(rtol=0.01 + 0.001 * number))
        elif what == "networks":
            config = dataclasses.replace(RGB, architecture=dataclasses.replace(RGB.architecture, dim=8 * (number + 1)))
        elif what == "sizes":
            request = dataclasses.replace(REQUEST, size=(64, 64 * (number + 1)))
        chunks = [
            Trajectory(np.zeros(0, np.float32), np.zeros((0, 1, 1, 1)), "running", stats)
            for stats in (
                {"time": 0.01 * number, "steps": 4, "taken": 4, "seconds": 1.0},
                {"time": 1.0 + 0.01 * number, "steps": 8, "taken": 8, "seconds": 2.0},
            )
        ]
        speed.note(config, request, None, chunks[0])
        speed.note(config, request, chunks[0], chunks[1])
        assert speed.seconds(config, request) is not None, "the latest is known"
    assert len(speed._courses) <= 8 and len(speed._costs) <= 8
    assert all(len(known) <= 8 for known in [*speed._courses.values(), *speed._costs.values()])
