"""Training on a Ray cluster of two workers on this machine, one of which is killed midway."""

import os
import re
import signal
import time
from pathlib import Path

import pytest
from little_trainings import LITTLE, NAMES, make_dataset, same_weights, train_all

from ode_appearance.training.run_dir.folder import is_finished, read_progress
from ode_appearance.training.run_dir.journal import read_journal

pytestmark = pytest.mark.nightly
OPTIONS = (*LITTLE, "--iterations", "400", "--save-every", "0.3")


@pytest.fixture(scope="module")
def dataset(tmp_path_factory):
    return make_dataset(tmp_path_factory.mktemp("dataset"))


@pytest.fixture(scope="module")
def whole(dataset, tmp_path_factory):
    """The same runs, one after the other in one process, left alone."""
    out = tmp_path_factory.mktemp("whole")
    process = train_all(dataset, "--out", out, *OPTIONS)
    told, complaints = process.communicate(timeout=580)
    assert process.returncode == 0 and told.count("finished") == 2, complaints
    return out


@pytest.fixture(scope="module")
def address():
    """Of a head that has no processors, and of two nodes with one each, which do not find this package by themselves."""
    pytest.importorskip("ray", reason="Ray is not installed: pip install 'ray[default]'")
    from ray.cluster_utils import Cluster

    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("PYTHONPATH", raising=False)
        patch.setenv("RAY_USAGE_STATS_ENABLED", "0")
        cluster = Cluster(initialize_head=True, head_node_args={"num_cpus": 0})
        for _ in range(2):
            cluster.add_node(num_cpus=1)
    yield cluster.address
    cluster.shutdown()


class Driver:
    """The verb on the cluster; `told` is what it has written so far on standard error."""

    def __init__(self, folder: Path, dataset: Path, address: str):
        self._log = folder / "driver.log"
        self.out = folder / "out"
        arguments = (dataset, "--out", self.out, "--executor", "ray", *OPTIONS)
        self.process = train_all(*arguments, stderr=self._log.open("w"), RAY_ADDRESS=address)

    @property
    def told(self) -> str:
        return self._log.read_text()

    def wait_for(self, condition, seconds=300):
        end = time.monotonic() + seconds
        while not (found := condition()):
            assert self.process.poll() is None and time.monotonic() < end, self.told
            time.sleep(0.05)
        return found

    def workers(self, name: str) -> list[str]:
        return re.findall(rf"{name}: trains on .*, process (\d+)\.", self.told)

    def worker(self, name: str) -> int:
        """The process that trains an exemplar, as Linux knows it."""
        pid = int(self.wait_for(lambda: self.workers(name))[-1])
        assert Path(f"/proc/{pid}/cmdline").read_bytes().startswith(b"ray::train_exemplar")
        return pid

    def saved(self, name: str) -> int:
        return (read_progress(self.out / name) or {"iteration": 0})["iteration"]

    def end(self) -> str:
        """Its table."""
        table, _ = self.process.communicate(timeout=400)
        assert self.process.returncode == 0, self.told
        return table


def test_a_worker_that_is_killed(address, dataset, whole, tmp_path):
    driver = Driver(tmp_path, dataset, address)
    pids = [driver.worker(name) for name in NAMES]
    assert len(set(pids)) == 2
    saved = driver.wait_for(lambda: driver.saved("moss"))
    os.kill(pids[0], signal.SIGKILL)
    driver.wait_for(lambda: "moss: its worker died" in driver.told)
    assert driver.saved("moss") < 400
    table = driver.end()
    assert [line.split()[-1] for line in table.splitlines()] == ["finished", "finished"]
    assert driver.told.count("its worker died") == 1 and len(driver.workers("moss")) == 2 and len(driver.workers("rust")) == 1
    iterations = [entry["iteration"] for entry in read_journal(driver.out / "moss")]
    assert iterations.count(1) == 1 and iterations[-1] == 400  # it went on, and did not begin again
    assert saved < 400
    for name in NAMES:
        assert same_weights(driver.out / name, whole / name)
        here = {path.name for path in (whole / name).rglob("*") if not path.name.startswith("events.")}
        assert {path.name for path in (driver.out / name).rglob("*") if not path.name.startswith("events.")} == here


def test_a_driver_that_is_interrupted(address, dataset, whole, tmp_path):
    driver = Driver(tmp_path, dataset, address)
    driver.wait_for(lambda: all(driver.saved(name) for name in NAMES))
    driver.process.send_signal(signal.SIGINT)
    table = driver.end()
    assert [line.split()[-1] for line in table.splitlines()] == ["stopped", "stopped"]
    stopped = [driver.saved(name) for name in NAMES]
    assert all(0 < iteration < 400 for iteration in stopped)
    again = Driver(tmp_path, dataset, address)
    assert again.end().count("finished") == 2
    for name, iteration in zip(NAMES, stopped, strict=True):
        assert is_finished(again.out / name) and same_weights(again.out / name, whole / name)
        iterations = [entry["iteration"] for entry in read_journal(again.out / name)]
        assert iterations.count(1) == 1 and iteration + 1 in iterations
    assert Driver(tmp_path, dataset, address).end().count("finished") == 2
