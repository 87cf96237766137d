"""Single precision regardless of JAX_ENABLE_X64, which the surrounding program may have set for its own work."""

import functools
import inspect
from collections.abc import Callable

import jax


def in_single_precision(function: Callable) -> Callable:
    """Decorator: runs a function, or each step of a generator function, with JAX's 64-bit types off."""
    if inspect.isgeneratorfunction(function):

        @functools.wraps(function)
        def generate(*args, **kwargs):
            steps = function(*args, **kwargs)
            try:
                while True:
                    with jax.enable_x64(False):
                        try:
                            step = next(steps)
                        except StopIteration:
                            return
                    yield step  # outside of the context: the caller keeps its own setting
            finally:
                steps.close()

        return generate

    @functools.wraps(function)
    def call(*args, **kwargs):
        with jax.enable_x64(False):
            return function(*args, **kwargs)

    return call
