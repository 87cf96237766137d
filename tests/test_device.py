"""What is said of the device, and how many cores there are."""

import os

import jax
import pytest

from ode_appearance import device


@pytest.mark.parametrize(
    "limit, cores", [("200000 100000\n", 2), ("150000 100000", 2), ("50000 100000", 1), ("max 100000", 8), ("nonsense", 8)]
)
def test_a_container_has_the_cores_of_its_quota(limit, cores, tmp_path, monkeypatch):
    if jax.devices()[0].platform != "cpu":
        pytest.skip("only a CPU is described by its cores")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(device, "_QUOTA", tmp_path / "cpu.max")
    assert device.description() == "CPU (8 cores)"
    (tmp_path / "cpu.max").write_text(limit)
    assert device.description() == f"CPU ({cores} cores)"
