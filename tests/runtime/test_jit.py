"""Caches of compiled functions are cleared before they grow too large; XLA options that are unknown are skipped."""

from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from ode_appearance.runtime import jit as compiled_module
from ode_appearance.runtime.jit import clear_jit_caches

pytestmark = pytest.mark.skipif(not Path("/proc/self/maps").is_file(), reason="mappings can be counted on Linux only")


def mappings():
    return len(Path("/proc/self/maps").read_text().splitlines())


def test_clearing_frees_mappings_and_keeps_results():
    @jax.jit
    def function(x):
        return jnp.sort(jnp.sin(x) @ x.T)

    def use():
        return [float(function(jnp.ones((size, size))).sum()) for size in range(3, 30)]

    expected = use()
    before = mappings()
    assert not clear_jit_caches(before + 10_000) and mappings() >= before - 50
    assert clear_jit_caches(0) and mappings() < before - 50
    assert use() == expected


def test_unknown_xla_option_is_skipped(monkeypatch):
    """jaxlib 0.11 dropped an option of earlier versions."""
    monkeypatch.setattr(compiled_module, "_ON_CPU", {"xla_cpu_no_such_option": False})
    compiled_module.compiler_options.cache_clear()
    try:
        assert compiled_module.compiler_options() is None
        assert compiled_module.compiled(lambda x: x + 1)(jnp.float32(1)) == 2
    finally:
        compiled_module.compiler_options.cache_clear()
