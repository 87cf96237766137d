"""The solver's turns: no client waits for all that another one asked for, and nothing that fails stops the thread."""

import asyncio
import threading

import pytest

from ode_appearance.app.clients import Client
from ode_appearance.app.fair_queue import FairQueue
from ode_appearance.app.solving import worker as workers
from ode_appearance.app.solving.worker import Worker
from ode_appearance.errors import RequestError


@pytest.fixture
def held(worker):
    """The worker, busy until the event is set."""
    go = threading.Event()
    worker.submit(lambda: go.wait(20))
    yield worker, go
    go.set()


def test_addresses_take_turns_and_so_do_the_sessions_of_one():
    queue = FairQueue()
    for session in ("a1", "a2"):
        for number in range(2):
            queue.push(Client(session, "192.0.2.1"), f"{session}.{number}")
    queue.push(Client("b", "192.0.2.2"), "b.0")
    queue.push("c", "c.0")
    assert len(queue) == 6
    assert [queue.pop() for _ in range(6)] == ["a1.0", "b.0", "c.0", "a2.0", "a1.1", "a2.1"]
    with pytest.raises(IndexError):
        queue.pop()


def test_what_leaves_the_queue_takes_no_turn():
    queue = FairQueue()
    queue.push(Client("a", "192.0.2.1"), 1)
    queue.push(Client("a", "192.0.2.7"), 2)  # the same tab, from another network
    assert queue.remove(Client("a", "192.0.2.1"), 1) and not queue.remove(Client("a", "192.0.2.1"), 1)
    assert list(queue) == [2] and queue.pop() == 2 and len(queue) == 0


def test_one_request_does_not_wait_for_another_clients_many(held):
    worker, go = held
    order = []
    many = [worker.submit(lambda n=n: order.append(n), client=Client("greedy", "192.0.2.1")) for n in range(15)]
    one = worker.submit(lambda: order.append("one"), client=Client("modest", "192.0.2.2"))
    go.set()
    one.result(timeout=10)
    many[-1].result(timeout=10)
    assert order.index("one") <= 1


def test_an_export_gives_way_to_one_request_of_each_client(worker, monkeypatch):
    monkeypatch.setattr(workers, "TURN_SECONDS", 0.0)
    order, go = [], threading.Event()

    def export():
        go.wait(10)
        for piece in range(3):
            worker.give_way()
            order.append(piece)

    whole = worker.submit(export, client="exporting", gives_way=True)
    for n in range(15):
        worker.submit(lambda n=n: order.append(f"greedy {n}"), client="greedy")
    worker.submit(lambda: order.append("modest"), client="modest")
    go.set()
    whole.result(timeout=10)
    assert order[:5] == ["greedy 0", "modest", 0, "greedy 1", 1]


@pytest.mark.parametrize(
    ("name", "clients", "sentence"),
    [
        ("MOST_OF_CLIENT", [Client("tab", "192.0.2.1")] * 3, "3 of your requests are waiting"),
        ("MOST_OF_ADDRESS", [Client(f"tab {n}", "192.0.2.1") for n in range(3)], "3 requests of your address are waiting"),
    ],
)
def test_who_asks_for_too_much_is_refused_and_others_are_not(held, monkeypatch, name, clients, sentence):
    worker, go = held
    monkeypatch.setattr(workers, name, 3)
    waiting = [worker.submit(lambda: None, client=client) for client in clients]
    with pytest.raises(RequestError, match=sentence):
        worker.submit(lambda: None, client=clients[-1])
    other = worker.submit(lambda: "done", client=Client("another", "192.0.2.2"))
    assert waiting[0].cancel(), "what is no longer wanted makes room"
    waiting[0] = worker.submit(lambda: None, client=clients[0])
    go.set()
    assert other.result(timeout=10) == "done" and waiting[-1].result(timeout=10) is None


def test_a_failure_to_clean_up_is_logged_and_the_next_task_is_done(worker, monkeypatch, caplog):
    monkeypatch.setattr(workers, "clear_jit_caches", lambda: 1 / 0)
    assert worker.submit(lambda: "first").result(timeout=10) == "first"
    assert worker.submit(lambda: "second").result(timeout=10) == "second"
    worker.close()
    assert "clean up" in caplog.text and "ZeroDivisionError" in caplog.text


def test_an_error_of_the_turns_themselves_reaches_who_waits(worker, monkeypatch, caplog):
    def broken(future, task):
        raise MemoryError("no room")
        yield

    monkeypatch.setattr(workers, "_in_turns", broken)
    with pytest.raises(MemoryError):
        worker.submit(lambda: None, client="tab").result(timeout=10)
    monkeypatch.undo()
    assert worker.submit(lambda: "next").result(timeout=10) == "next"
    assert "goes on after an error" in caplog.text


def test_a_thread_that_ended_is_started_again(monkeypatch, caplog):
    monkeypatch.setattr(Worker, "_run", lambda self: None)
    worker = Worker()
    worker._thread.join(timeout=10)
    monkeypatch.undo()
    assert worker.submit(lambda: "done").result(timeout=10) == "done"
    worker.close()
    assert "started again" in caplog.text


def test_a_picture_that_nobody_waits_for_is_not_drawn(checkpoints):
    from ode_appearance.app.actions.handlers import Studio
    from ode_appearance.app.materials.shipped_materials import Collection

    studio, go = Studio(Collection(checkpoints)), threading.Event()
    studio.worker.submit(lambda: go.wait(20))

    async def leave():
        async def gone():
            return True

        return await studio.pictures.picture(["rusting_steel", 0, 32, 32, 1.0, 0, 0, 0], "tab", gone)

    try:
        assert "Nobody waits" in asyncio.run(leave())["error"]
        assert len(studio.worker._under_way) == 1, "it has left the queue"
    finally:
        go.set()
        studio.worker.close()
