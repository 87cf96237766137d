"""The list of trainings where there are many: files are read where they changed, and the folder is left alone between."""

import json
import time

import pytest

from ode_appearance.app.trainings.run_list import RunList
from ode_appearance.app.trainings.run_records import ORDER, Order, Run
from ode_appearance.app.trainings.supervisor import Trainings
from ode_appearance.config.serialization import to_json

MANY = 200


@pytest.fixture
def root(tmp_path):
    for number in range(MANY):
        folder = tmp_path / f"run-{number}"
        folder.mkdir()
        order = Order(owner=f"owner {number % 20}", name=f"run {number}", wanted="keep", created=float(number))
        (folder / ORDER).write_text(json.dumps(to_json(order)))
    return tmp_path


@pytest.fixture
def reads(monkeypatch):
    """The folders whose orders were read from the disk, one entry a read."""
    seen, order = [], Run.order
    monkeypatch.setattr(Run, "order", property(lambda run: (seen.append(run.key), order.fget(run))[1]))
    return seen


def test_an_order_is_read_again_where_it_changed_and_forgotten_where_it_is_gone(root, reads):
    runs = RunList(root)
    assert [run.key for run, _ in runs.read()] == [f"run-{number}" for number in range(MANY)]
    del reads[:]
    assert len(runs.read()) == MANY and reads == []
    Run(root / "run-7").want("pause")
    del reads[:]
    assert next(order for run, order in runs.read() if run.key == "run-7").wanted == "pause" and reads == ["run-7"]
    (root / "run-8" / ORDER).unlink()
    (root / "run-9" / ORDER).write_text("{")
    assert len(runs.read()) == MANY - 2
    assert len(runs._known) == MANY - 2


def test_old_trainings_cost_nothing_while_nothing_is_asked_for(root, reads, monkeypatch):
    looks, read = [], RunList.read
    monkeypatch.setattr(RunList, "read", lambda runs: (looks.append(1), read(runs))[1])
    trainings = Trainings(root, busy=lambda: False)
    try:
        time.sleep(0.5)
        assert len(reads) == MANY, "once, at the start"
        listed = trainings.of("owner 3")
        assert len(listed) == MANY // 20 and len(reads) == MANY
        del looks[:]
        time.sleep(2)
        assert len(looks) <= 1
    finally:
        trainings.close()


def test_what_is_asked_for_is_looked_at_at_once(root):
    trainings = Trainings(root, busy=lambda: False)
    try:
        time.sleep(0.5)
        run = trainings.find("owner 3", "run-3")
        trainings.resume(run)  # it has no exemplar: its process ends at once, or cannot begin
        end = time.monotonic() + 60
        while trainings.status(run) not in ("failed", "running"):
            assert time.monotonic() < end, trainings.status(run)
            time.sleep(0.05)
    finally:
        trainings.close()
