"""What was compiled, and that it does not grow for ever."""

import gc
from pathlib import Path

import jax

MOST_MAPPINGS = 30_000
"""Less than half of what Linux gives a process (`vm.max_map_count`, 65,530), where LLVM aborts it. A shape of state takes
some hundreds."""

_MAPPINGS = Path("/proc/self/maps")


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
