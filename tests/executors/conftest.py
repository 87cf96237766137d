"""A data set, a task of it, and two runs of that task, made once for each file of tests."""

import pytest
from little_trainings import little_runs


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    return little_runs(tmp_path_factory.mktemp("runs"))


@pytest.fixture
def dataset(runs):
    return runs.dataset


@pytest.fixture
def task(runs):
    return runs.task


@pytest.fixture
def finished(runs):
    return runs.finished


@pytest.fixture
def halfway(runs):
    return runs.halfway
