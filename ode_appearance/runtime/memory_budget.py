"""What a solve takes of this machine's memory, so that what does not fit is refused before it is tried, or when it fails."""

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
"""Slopes that a step of each method holds at a time."""


def solve_bytes(config: MaterialConfig, solver: SolverConfig, size: tuple[int, int]) -> int:
    """About how many bytes solving one state of `size` (width, height) takes at its peak.

    About twice what XLA's CPU backend reports for both published networks (1.8 to 2.1 times, with Heun and Bosh3), for whole
    processes were seen to take up to 1.7 times as much as that. A network may be widest on a coarser level, or in an attention
    that is far wider than usual, which has matrices of its own besides.
    """
    architecture = config.architecture
    hidden = architecture.attention.heads * architecture.attention.head_dim if architecture.attention else 0
    widths = [architecture.dim * multiplier for multiplier in architecture.dim_mults]
    network = max((40 * width + 12 * max(0, hidden - 4 * width)) / 4**level for level, width in enumerate(widths))
    state = architecture.channels * (41 + 13.6 * STAGES[solver.method])
    return int(1.75 * (network + state) * size[0] * size[1]) + 12 * hidden**2


def available_bytes() -> int:
    """Bytes that are free on the device that everything is solved on."""
    device = jax.devices()[0]
    statistics = device.memory_stats() or {}
    if "bytes_limit" in statistics:
        return statistics["bytes_limit"] - statistics["bytes_in_use"]
    return host_bytes()


def host_bytes() -> int:
    """Bytes of the computer's own memory that are free for this process, once what it has freed is given back."""
    give_memory_back()
    free, left = psutil.virtual_memory().available, cgroups.memory_left()
    return free if left is None else min(free, left)


def check_memory(config: MaterialConfig, solver: SolverConfig, size: tuple[int, int]) -> None:
    """Raise RequestError, with the largest size that fits, where a solve would take more memory than is free."""
    needed, free = solve_bytes(config, solver, size), available_bytes()
    if needed > free:
        fitting = largest_like(config, size, int(size[0] * size[1] * free / needed))
        raise RequestError(
            f"Solving {size[0]}x{size[1]} takes about {needed / 1e9:.1f} GB, but this machine has {free / 1e9:.1f} GB free; "
            f"the largest of that shape that fits is {fitting[0]}x{fitting[1]}."
        )


@contextlib.contextmanager
def enough_memory(size: tuple[int, int]) -> Iterator[None]:
    """Raise RequestError where memory runs out in here, in work on states of `size` (width, height).

    The estimate cannot know of a limit that only this process has, or of what others take meanwhile.
    """
    try:
        yield
    except (MemoryError, jax.errors.JaxRuntimeError) as error:
        if not isinstance(error, MemoryError) and not _EXHAUSTED.search(str(error)):
            raise
        traceback.clear_frames(error.__traceback__)  # else whoever keeps the error keeps what there was no room for
        raise RequestError(f"There is not enough memory for {size[0]}x{size[1]}; a smaller size needs less.") from error


_EXHAUSTED = re.compile("RESOURCE_EXHAUSTED|out of memory", re.IGNORECASE)  # as XLA says it, of a host or a device
