"""Memory estimates: a solve that does not fit is refused, naming the largest size that fits."""

from raising import raises

from ode_appearance.config.schema import Architecture, MaterialConfig, SolverConfig
from ode_appearance.errors import RequestError
from ode_appearance.runtime import memory_budget

CONFIG = MaterialConfig(architecture=Architecture(dim=32))


def test_refusal_names_the_largest_size_that_fits(monkeypatch):
    needed = memory_budget.solve_bytes(CONFIG, SolverConfig(), (512, 256))
    monkeypatch.setattr(memory_budget, "free_device_bytes", lambda: needed)
    memory_budget.check_memory(CONFIG, SolverConfig(), (512, 256))
    monkeypatch.setattr(memory_budget, "free_device_bytes", lambda: -(-needed // 4))
    with raises(RequestError, code="memory") as caught:
        memory_budget.check_memory(CONFIG, SolverConfig(), (512, 256))
    assert "256x128" in str(caught.value)


def test_estimate_grows_with_stages():
    methods = ("euler", "heun", "rkc", "bosh3", "tsit5")
    sizes = [memory_budget.solve_bytes(CONFIG, SolverConfig(method), (64, 64)) for method in methods]
    assert sizes == sorted(sizes)


def test_free_memory_is_plausible():
    assert 1 << 26 < memory_budget.free_device_bytes() < 1 << 50
