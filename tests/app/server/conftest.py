"""A solver thread of its own for each test."""

import pytest

from ode_appearance.app.solving.worker import Worker


@pytest.fixture
def worker():
    worker = Worker()
    yield worker
    worker.close()
