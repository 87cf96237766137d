"""How functions are compiled, and that what was compiled does not grow for ever."""

import functools
import gc
from collections.abc import Callable
from pathlib import Path

import equinox as eqx
import jax

_ON_CPU = {"xla_cpu_use_fusion_emitters": False}
"""XLA's fusions as they were before its emitters of 2025: training steps, and compiling them, take a tenth to a third less
time (jaxlib 0.10.2). jaxlib 0.11 no longer has the option."""

MOST_MAPPINGS = 30_000
"""Less than half of what Linux gives a process (`vm.max_map_count`, 65,530), where LLVM aborts it. A shape of state takes
some hundreds."""

_MAPPINGS = Path("/proc/self/maps")


@functools.cache
def compiler_options() -> dict[str, bool] | None:
    """Options for `jax.jit(compiler_options=...)` that make XLA's code faster on the device in use; None where there are none.

    XLA refuses an option that it does not know, and has no list of them: each process tries it once, on a trivial function.
    """
    if jax.default_backend() != "cpu":
        return None
    try:
        jax.jit(lambda x: x + 1, compiler_options=_ON_CPU).lower(jax.ShapeDtypeStruct((), "float32")).compile()
    except jax.errors.JaxRuntimeError:
        return None
    return _ON_CPU


def compiled(function: Callable) -> Callable:
    """`equinox.filter_jit` with these options.

    Only for functions that are neither differentiated nor called while another one is compiled: JAX takes options for the
    outermost alone.
    """

    @functools.cache
    def jitted():  # not before the first call: asking for the device prepares it
        return eqx.filter_jit(function, compiler_options=compiler_options())

    @functools.wraps(function)
    def call(*args, **kwargs):
        return jitted()(*args, **kwargs)

    return call


def let_go_of_compiled(most: int = MOST_MAPPINGS) -> bool:
    """Forget all compiled functions where they take more memory mappings than that; whether that was so.

    What is asked for again comes from the compilation cache on the disk. Elsewhere than on Linux nothing is done.
    """
    try:
        with _MAPPINGS.open("rb") as file:
            if sum(1 for _ in file) <= most:
                return False
    except OSError:
        return False
    jax.clear_caches()
    gc.collect()
    return True
