"""Memory estimates of solves: what does not fit is refused before it starts, or reported when it fails."""

import contextlib
import re
import traceback
from collections.abc import Iterator

import jax
import psutil

from ..config.request_checks import largest_like
from ..config.schema import MaterialConfig, SolverConfig
from ..errors import RequestError
from . import cgroups
from .malloc import give_memory_back

STAGES = {"heun": 2, "tsit5": 7, "bosh3": 4, "rkc": 3, "euler": 1}
"""Stage derivatives that a step of each method holds at a time."""


def solve_bytes(config: MaterialConfig, solver: SolverConfig, size: tuple[int, int]) -> int:
    """Estimated peak memory of solving one state.

    About twice what XLA's CPU backend reports for both published networks (1.8 to 2.1 times, with Heun and Bosh3), because
    whole processes took up to 1.7 times as much as reported. A network may be widest on a coarser level, or in an unusually
    wide attention, which also has large matrices of its own.

    Args:
        config: The material.
        solver: Its solver.
        size: (width, height) of the state in pixels.

    Returns:
        Bytes.
    """
    architecture = config.architecture
    hidden = architecture.attention.heads * architecture.attention.head_dim if architecture.attention else 0
    widths = [architecture.dim * multiplier for multiplier in architecture.dim_mults]
    network = max((40 * width + 12 * max(0, hidden - 4 * width)) / 4**level for level, width in enumerate(widths))
    state = architecture.channels * (41 + 13.6 * STAGES[solver.method])
    return int(1.75 * (network + state) * size[0] * size[1]) + 12 * hidden**2


def free_device_bytes() -> int:
    """Free bytes of the device that solves run on."""
    device = jax.devices()[0]
    statistics = device.memory_stats() or {}
    if "bytes_limit" in statistics:
        return statistics["bytes_limit"] - statistics["bytes_in_use"]
    return free_host_bytes()


def free_host_bytes() -> int:
    """Free bytes of host memory for this process; returns freed memory to the system first."""
    give_memory_back()
    free, left = psutil.virtual_memory().available, cgroups.memory_available()
    return free if left is None else min(free, left)


def check_memory(config: MaterialConfig, solver: SolverConfig, size: tuple[int, int]) -> None:
    """Raise RequestError, naming the largest size that fits, where a solve needs more memory than is free.

    Args:
        config: The material.
        solver: Its solver.
        size: (width, height) of the state in pixels.

    Raises:
        RequestError: Code "memory".
    """
    needed, free = solve_bytes(config, solver, size), free_device_bytes()
    if needed > free:
        fitting = largest_like(config, size, int(size[0] * size[1] * free / needed))
        raise RequestError(
            f"Solving {size[0]}x{size[1]} needs about {needed / 1e9:.1f} GB of memory, but {free / 1e9:.1f} GB are free; "
            f"the largest size of that shape that fits is {fitting[0]}x{fitting[1]}.",
            code="memory",
        )


@contextlib.contextmanager
def enough_memory(size: tuple[int, int]) -> Iterator[None]:
    """Context manager: turns running out of memory into a RequestError.

    `check_memory` cannot know of limits of this process alone, or of what other processes allocate meanwhile.

    Args:
        size: (width, height) in pixels of the states that the block works on, for the message.

    Raises:
        RequestError: Code "memory".
    """
    try:
        yield
    except (MemoryError, jax.errors.JaxRuntimeError) as error:
        if not isinstance(error, MemoryError) and not _EXHAUSTED.search(str(error)):
            raise
        traceback.clear_frames(error.__traceback__)  # else a kept error keeps the frames' arrays alive
        raise RequestError(
            f"There is not enough memory for {size[0]}x{size[1]}; choose a smaller size.", code="memory"
        ) from error


_EXHAUSTED = re.compile("RESOURCE_EXHAUSTED|out of memory", re.IGNORECASE)  # XLA's messages, for host and device
