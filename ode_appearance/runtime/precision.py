"""Numbers of 32 bits, whatever JAX is set to: a program may have set JAX_ENABLE_X64 for work of its own."""

import functools
import inspect
from collections.abc import Callable

import jax


def in_single_precision(function: Callable) -> Callable:
    """The function, run with JAX's 64-bit types off; of a generator function, each of its steps."""
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
                    yield step  # whoever has it computes with what they set
            finally:
                steps.close()

        return generate

    @functools.wraps(function)
    def call(*args, **kwargs):
        with jax.enable_x64(False):
            return function(*args, **kwargs)

    return call
