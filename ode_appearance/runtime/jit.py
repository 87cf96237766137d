"""Compilation: XLA options of this machine, and a bound on the size of JAX's caches of compiled functions."""

import functools
import gc
from collections.abc import Callable
from pathlib import Path

import equinox as eqx
import jax

_ON_CPU = {"xla_cpu_use_fusion_emitters": False}
"""XLA's fusion emitters from before 2025: training steps and their compilation take 10 to 33 % less time (jaxlib 0.10.2).
jaxlib 0.11 no longer has the option.
"""

MAX_MAPPINGS = 30_000
"""Less than half of Linux's limit per process (`vm.max_map_count`, 65,530), at which LLVM aborts. Each state shape takes some
hundreds.
"""

_MAPPINGS = Path("/proc/self/maps")


@functools.cache
def compiler_options() -> dict[str, bool] | None:
    """Options for `jax.jit(compiler_options=...)` that speed up the device in use, or None.

    XLA rejects unknown options and does not list the known ones, so each process tries them once on a trivial function.
    """
    if jax.default_backend() != "cpu":
        return None
    try:
        jax.jit(lambda x: x + 1, compiler_options=_ON_CPU).lower(jax.ShapeDtypeStruct((), "float32")).compile()
    except jax.errors.JaxRuntimeError:
        return None
    return _ON_CPU


def compiled(function: Callable) -> Callable:
    """`equinox.filter_jit` with `compiler_options`.

    Only for functions that are neither differentiated nor called inside another compiled function: JAX applies options to the
    outermost one only.
    """

    @functools.cache
    def jitted():  # at the first call: asking for the backend initialises the device
        return eqx.filter_jit(function, compiler_options=compiler_options())

    @functools.wraps(function)
    def call(*args, **kwargs):
        return jitted()(*args, **kwargs)

    return call


def clear_jit_caches(max_mappings: int = MAX_MAPPINGS) -> bool:
    """Clear all compiled functions where they take too many memory mappings; does nothing outside Linux.

    Functions that are needed again are loaded from the compilation cache on disk.

    Args:
        max_mappings: Number of memory mappings that is tolerated.

    Returns:
        Whether the caches were cleared.
    """
    try:
        with _MAPPINGS.open("rb") as file:
            if sum(1 for _ in file) <= max_mappings:
                return False
    except OSError:
        return False
    jax.clear_caches()
    gc.collect()
    return True
