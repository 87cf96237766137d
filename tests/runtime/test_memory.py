"""What does not fit into this machine's memory is refused, with what does."""

import pytest

from ode_appearance.config.schema import Architecture, MaterialConfig, SolverConfig
from ode_appearance.errors import RequestError
from ode_appearance.runtime import memory_budget

CONFIG = MaterialConfig(architecture=Architecture(dim=32))


def test_a_size_that_does_not_fit_is_refused_with_the_largest_that_does(monkeypatch):
    needed = memory_budget.solve_bytes(CONFIG, SolverConfig(), (512, 256))
    monkeypatch.setattr(memory_budget, "available_bytes", lambda: needed)
    memory_budget.check_memory(CONFIG, SolverConfig(), (512, 256))
    monkeypatch.setattr(memory_budget, "available_bytes", lambda: -(-needed // 4))
    with pytest.raises(RequestError, match="that fits is 256x128"):
        memory_budget.check_memory(CONFIG, SolverConfig(), (512, 256))


def test_methods_with_more_stages_take_more():
    methods = ("euler", "heun", "rkc", "bosh3", "tsit5")
    sizes = [memory_budget.solve_bytes(CONFIG, SolverConfig(method), (64, 64)) for method in methods]
    assert sizes == sorted(sizes)


def test_this_machine_has_memory():
    assert 1 << 26 < memory_budget.available_bytes() < 1 << 50
