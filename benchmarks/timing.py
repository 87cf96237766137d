"""Seconds that functions take, side by side in the same rounds."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import jax
import numpy as np

_REST_SECONDS = 0.3
"""Before each call, so that the threads of the one before, which wait for more work, have given up."""


def compare(functions: Sequence[Callable[[], Any]], rounds: int) -> list[tuple[float, float]]:
    """For each function the median of its seconds, and how many times as long it takes as the first.

    Every round calls each of them once: what else the machine does slows all of them down. The ratio is the median of the
    rounds' own ratios. Functions are to be compiled already.
    """
    seconds = np.array([[_seconds(function) for function in functions] for _ in range(rounds)])
    return list(zip(np.median(seconds, axis=0).tolist(), np.median(seconds / seconds[:, :1], axis=0).tolist(), strict=True))


def _seconds(function):
    time.sleep(_REST_SECONDS)
    began = time.perf_counter()
    jax.block_until_ready(function())
    return time.perf_counter() - began
