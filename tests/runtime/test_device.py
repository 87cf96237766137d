"""Description of the device."""

import os

import jax
import pytest

from ode_appearance.runtime import cgroups, device


@pytest.mark.parametrize("quota, cores", [(2.0, 2), (1.5, 2), (0.5, 1), (16.0, 8), (None, 8)])
def test_description_counts_the_cores_of_the_quota(quota, cores, monkeypatch):
    if jax.devices()[0].platform != "cpu":
        pytest.skip("only a CPU is described by its cores")
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr(cgroups, "cpu_quota", lambda: quota)
    assert device.description() == f"CPU ({cores} cores)"
