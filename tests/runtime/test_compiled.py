"""What was compiled is let go of before there is too much of it."""

from pathlib import Path

import jax
import jax.numpy as jnp
import pytest

from ode_appearance.runtime import jit as compiled_module
from ode_appearance.runtime.jit import let_go_of_compiled

pytestmark = pytest.mark.skipif(not Path("/proc/self/maps").is_file(), reason="mappings can be counted on Linux only")


def mappings():
    return len(Path("/proc/self/maps").read_text().splitlines())


def test_mappings_are_given_back_and_all_works_as_before():
    @jax.jit
    def function(x):
        return jnp.sort(jnp.sin(x) @ x.T)

    def use():
        return [float(function(jnp.ones((size, size))).sum()) for size in range(3, 30)]

    expected = use()
    before = mappings()
    assert not let_go_of_compiled(before + 10_000) and mappings() >= before - 50
    assert let_go_of_compiled(0) and mappings() < before - 50
    assert use() == expected


def test_an_option_that_xla_does_not_know_is_left_out(monkeypatch):
    """As jaxlib from 0.11 on does not know that of earlier ones."""
    monkeypatch.setattr(compiled_module, "_ON_CPU", {"xla_cpu_no_such_option": False})
    compiled_module.compiler_options.cache_clear()
    try:
        assert compiled_module.compiler_options() is None
        assert compiled_module.compiled(lambda x: x + 1)(jnp.float32(1)) == 2
    finally:
        compiled_module.compiler_options.cache_clear()
