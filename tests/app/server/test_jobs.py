"""Jobs, sessions and the files that they leave."""

import threading
import time

import jax.numpy as jnp
import numpy as np
import pytest

from ode_appearance.app.solving.jobs import Sessions
from ode_appearance.app.solving.requests import SolveRequest
from ode_appearance.app.storage.keyframe_store import KeyframeFiles
from ode_appearance.config.schema import Architecture, MaterialConfig, SolverConfig, Times
from ode_appearance.errors import RequestError
from ode_appearance.keyframes.codec import decode_keyframe
from ode_appearance.models.maps import decode
from ode_appearance.models.material import new_material
from ode_appearance.ode.cache import TrajectoryCache
from ode_appearance.ode.solve import solve

ARCHITECTURE = Architecture(channels=7, dim=8, dim_mults=(1, 2), attention=None)
MATERIAL = new_material(
    MaterialConfig(name="moss", architecture=ARCHITECTURE, times=Times(warmup=1.0, duration=2.0), solver=SolverConfig(step=0.5))
)


def request(times=(-1.0, 0.0, 2.0), **changes):
    given = {"material": "moss", "seed": 1, "size": (8, 12), "times": times, "solver": MATERIAL.config.solver}
    return SolveRequest(**{**given, **changes})


def finished(job, seconds=60):
    end = time.monotonic() + seconds
    while not job.finished:
        assert time.monotonic() < end, job.status
        time.sleep(0.01)
    return job


def until_idle(worker, seconds=30):
    """A result is handed over before the worker has put its tools away."""
    end = time.monotonic() + seconds
    while not worker.idle:
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def sessions(worker):
    return Sessions(worker, KeyframeFiles(), TrajectoryCache())


def test_a_job_leaves_the_keyframes_of_its_times(sessions):
    job = finished(sessions.begin("tab", request(), MATERIAL))
    assert (job.status, job.message) == ("complete", None)
    assert [time for time, _ in job.keyframes] == [-1.0, 0.0, 2.0]
    texels, trajectory = None, solve(MATERIAL, seed=1, size=(8, 12), times=[-1.0, 0.0, 2.0])
    for (_, path), state in zip(job.keyframes, trajectory.states, strict=True):
        maps, texels = decode_keyframe(path.read_bytes(), texels)
        assert np.abs(maps["image"] - np.asarray(decode(MATERIAL, jnp.asarray(state))["image"])).max() <= 0.51 / 255


def test_an_impossible_request_ends_with_its_sentence(sessions):
    job = finished(sessions.begin("tab", request(size=(7, 12)), MATERIAL))
    assert job.status == "failed" and "multiples of 2" in job.message


def test_a_solve_that_runs_out_of_steps_says_so_and_keeps_what_it_has(sessions):
    solver = SolverConfig(step=0.5, max_steps=2)
    job = finished(sessions.begin("tab", request(times=(-1.0, 2.0), solver=solver), MATERIAL))
    assert job.status == "failed" and "step limit" in job.message and len(job.keyframes) == 1


def test_an_unknown_error_is_logged_and_not_shown(sessions, monkeypatch, caplog):
    monkeypatch.setattr("ode_appearance.app.solving.jobs.Encoder.encode", lambda *_: 1 / 0)
    job = finished(sessions.begin("tab", request(), MATERIAL))
    assert job.status == "failed" and "division" not in job.message and "division" in caplog.text


def test_a_session_has_one_job_and_the_files_of_two(sessions, worker, monkeypatch):
    monkeypatch.setattr("ode_appearance.app.storage.keyframe_store.GRACE_SECONDS", 0.0)
    hold = threading.Event()
    worker.submit(hold.wait)
    started = [sessions.begin("tab", request(seed=seed), MATERIAL) for seed in range(3)]
    other = sessions.begin("another tab", request(), MATERIAL)
    assert sessions.latest("tab") is started[-1]
    hold.set()
    assert [finished(job).status for job in [*started, other]] == ["stopped", "stopped", "complete", "complete"]
    later = finished(sessions.begin("tab", request(seed=9), MATERIAL))
    assert started[2].keyframes[0][1].exists()
    finished(sessions.begin("tab", request(seed=10), MATERIAL))
    assert not started[2].keyframes[0][1].exists() and later.keyframes[0][1].exists()
    sessions.end("tab")
    assert not later.keyframes[0][1].exists() and sessions.latest("tab") is None
    assert other.keyframes[0][1].exists()


def test_of_too_many_sessions_the_oldest_are_closed(sessions, monkeypatch):
    monkeypatch.setattr("ode_appearance.app.solving.jobs.MOST_SESSIONS", 2)
    first = finished(sessions.begin("first", request(), MATERIAL))
    for tab in ("second", "first", "third"):
        finished(sessions.begin(tab, request(seed=1), MATERIAL))
    assert sessions.latest("second") is None and sessions.latest("third") and first.keyframes[0][1].exists()
    finished(sessions.begin("fourth", request(), MATERIAL))
    assert sessions.latest("first") is None and not first.keyframes[0][1].exists()


def test_a_stopped_job_keeps_its_keyframes(sessions, worker):
    job = sessions.begin("tab", request(times=tuple(np.linspace(-1, 190, 200, dtype=np.float32).tolist())), MATERIAL)
    while len(job.keyframes) < 2:
        time.sleep(0.01)
    sessions.stop("tab")
    assert finished(job).status == "stopped" and 2 <= len(job.keyframes) < 200


def test_files_keep_to_their_limit():
    files = KeyframeFiles(limit=1000)
    old, new = files.folder(), files.folder()
    first = files.write(old, "0.bin", bytes(600))
    second = files.write(new, "0.bin", bytes(600))
    assert not first.exists() and second.exists()
    with pytest.raises(FileNotFoundError):
        files.write(old, "1.bin", b"")
    assert files.write(new, "1.bin", bytes(2000)).exists(), "what is looked at stays, whatever its size"


def test_files_that_were_left_stay_for_a_page_that_lags_behind():
    now = 0.0
    files = KeyframeFiles(limit=1000, clock=lambda: now)
    folder = files.folder()
    keyframe = files.write(folder, "0.bin", bytes(600))
    files.drop(folder, later=True)
    now += 59
    other = files.folder()
    assert keyframe.exists()
    with pytest.raises(FileNotFoundError):
        files.write(folder, "1.bin", b"")
    now += 1
    files.folder()
    assert not keyframe.exists() and not folder.exists()
    again = files.write(other, "0.bin", bytes(600))
    files.drop(other, later=True)
    files.write(files.folder(), "0.bin", bytes(600))
    assert not again.exists(), "not where there is no room for them"


def test_the_keyframes_of_a_solve_before_the_last_can_still_be_fetched(sessions):
    jobs = [finished(sessions.begin("tab", request(seed=seed), MATERIAL)) for seed in range(4)]
    assert all(path.exists() for job in jobs for _, path in job.keyframes)
    sessions.end("tab")
    assert not jobs[-1].keyframes[0][1].exists()


def test_a_worker_keeps_the_order_and_hands_errors_on(worker):
    order = []
    tasks = [worker.submit(lambda number=number: order.append(number)) for number in range(20)]
    tasks[-1].result(timeout=10)
    assert order == list(range(20))
    with pytest.raises(ZeroDivisionError):
        worker.submit(lambda: 1 / 0).result(timeout=10)


def test_short_tasks_do_not_wait_for_the_end_of_long_ones(worker, monkeypatch):
    monkeypatch.setattr("ode_appearance.app.solving.worker.TURN_SECONDS", 0.05)
    order, go = [], threading.Event()

    def long(name):
        go.wait(10)
        for piece in range(6):
            time.sleep(0.03)
            order.append((name, piece))
            yield
        return name

    tasks = [worker.submit(lambda name=name: long(name)) for name in "ab"]
    short = worker.submit(lambda: order.append("short"))
    go.set()
    assert [task.result(timeout=10) for task in tasks] == ["a", "b"] and short.done()
    assert order.index("short") < order.index(("a", 5)) and order.index(("b", 0)) < order.index(("a", 5))
    assert [piece for piece in order if piece[0] == "a"] == [("a", piece) for piece in range(6)]
    until_idle(worker)


def test_a_task_that_cannot_hand_over_gives_way(worker):
    order, go = [], threading.Event()

    def whole(name):
        go.wait(10)
        for piece in range(3):
            worker.give_way()
            order.append((name, piece))

    first = worker.submit(lambda: whole("first"), gives_way=True)
    second = worker.submit(lambda: whole("second"), gives_way=True)
    short = worker.submit(lambda: order.append("short"))
    go.set()
    second.result(timeout=10)
    assert first.done() and short.done() and order[0] == "short"
    assert order[1:] == [("first", 0), ("first", 1), ("first", 2), ("second", 0), ("second", 1), ("second", 2)]


def test_one_that_cannot_hand_over_has_turns_of_its_own_between_those_of_others(worker, monkeypatch):
    monkeypatch.setattr("ode_appearance.app.solving.worker.TURN_SECONDS", 0.1)
    order, go = [], threading.Event()

    def long():
        while not go.wait(0.02):
            order.append("other")
            yield

    def whole():
        for _ in range(10):
            worker.give_way()
            order.append("own")
            time.sleep(0.03)

    worker.submit(long)
    worker.submit(whole, gives_way=True).result(timeout=10)
    go.set()
    assert order.count("other") < 4 * order.count("own"), order


def test_a_cancelled_task_leaves_its_place_though_another_cannot_hand_over(worker):
    go, places = threading.Event(), []

    def whole():
        go.wait(10)
        worker.give_way()
        places.append(len(worker._under_way))

    first = worker.submit(whole, gives_way=True)
    while not first.running():
        time.sleep(0.01)
    assert worker.submit(whole, gives_way=True).cancel()
    go.set()
    first.result(timeout=10)
    assert places == [1]


def test_too_many_are_refused(worker, monkeypatch):
    monkeypatch.setattr("ode_appearance.app.solving.worker.MOST_WAITING", 2)
    go = threading.Event()
    tasks = [worker.submit(lambda: go.wait(10)) for _ in range(2)]
    with pytest.raises(RequestError, match="Too many"):
        worker.submit(lambda: None)
    go.set()
    tasks[-1].result(timeout=10)
    until_idle(worker)
    assert worker.submit(lambda: "next").result(timeout=10) == "next"
