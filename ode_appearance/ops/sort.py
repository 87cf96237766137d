"""Sorting along the last axis: NumPy's vectorised sort on a CPU, XLA's elsewhere.

XLA's own sort takes tens of times longer on a CPU. The two primitives defined here call NumPy there (xla_ffi.py).
"""

from collections.abc import Callable

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend.core import Primitive
from jax.interpreters import batching, mlir
from jaxtyping import Array, Float

from .xla_ffi import cpu_ffi_call


def sort_values(values: Float[Array, "*rows n"]) -> Float[Array, "*rows n"]:
    """Each row's values in ascending order. No gradient passes through."""
    return _sort.bind(jax.lax.stop_gradient(jnp.asarray(values, jnp.float32)))


def match_by_rank(values: Float[Array, "*rows n"], targets: Float[Array, "*rows n"]) -> Float[Array, "*rows n"]:
    """Pair values with targets by rank: in each row, the k-th smallest value gets `targets[..., k]`.

    This is the optimal transport of one set of n numbers to another. The rows of `targets` are ascending. Equal values get
    their targets in arbitrary order. No gradient passes through.
    """
    values, targets = (jax.lax.stop_gradient(jnp.asarray(rows, jnp.float32)) for rows in (values, targets))
    return _match.bind(values, targets)


def _numpy_sort(values):
    return np.sort(values, axis=-1)


def _numpy_match(values, targets):
    """Sort 64-bit keys, the value in the upper half and its index in the lower: faster than an argsort (measured)."""
    keys = _ordered(values.view(np.int32)).astype(np.int64)
    keys <<= 32
    keys |= np.arange(values.size, dtype=np.int64).reshape(values.shape)
    keys.sort(axis=-1)
    keys &= 0xFFFFFFFF
    matched = np.empty(values.size, np.float32)
    matched[keys.reshape(-1)] = targets.reshape(-1)
    return matched.reshape(values.shape)


def _ordered(bits):
    """Bits of float32 as integers of the same order, and back: reverses the order of the negative ones."""
    return bits ^ ((bits >> 31) & np.int32(0x7FFFFFFF))


# XLA sorts integers by a radix sort on a GPU.
def _xla_sort(values):
    keys = jax.lax.sort(_ordered(jax.lax.bitcast_convert_type(values, jnp.int32)), is_stable=False)
    return jax.lax.bitcast_convert_type(_ordered(keys), jnp.float32)


def _xla_match(values, targets):
    keys = _ordered(jax.lax.bitcast_convert_type(values, jnp.int32))
    places = jax.lax.broadcasted_iota(jnp.int32, keys.shape, keys.ndim - 1)
    _, order = jax.lax.sort((keys, places), num_keys=1, is_stable=False)
    return jnp.put_along_axis(jnp.zeros_like(values), order, targets, axis=-1, inplace=False)


def _primitive(name: str, numpy_rule: Callable, xla_rule: Callable) -> Primitive:
    """An operation on float32 arrays of one shape, with a result of that shape: NumPy on the host CPU, XLA elsewhere."""
    primitive = Primitive(name)
    primitive.def_impl(jax.jit(primitive.bind))
    primitive.def_abstract_eval(lambda first, *rest: first)
    mlir.register_lowering(
        primitive, mlir.lower_fun(cpu_ffi_call(f"ode_appearance.{name}", numpy_rule), multiple_results=False), platform="cpu"
    )
    mlir.register_lowering(primitive, mlir.lower_fun(xla_rule, multiple_results=False))

    def batch(arrays, axes):
        size = next(array.shape[axis] for array, axis in zip(arrays, axes, strict=True) if axis is not None)
        arrays = [batching.bdim_at_front(array, axis, size) for array, axis in zip(arrays, axes, strict=True)]
        return primitive.bind(*arrays), 0

    batching.primitive_batchers[primitive] = batch
    return primitive


_sort = _primitive("sort_values", _numpy_sort, _xla_sort)
_match = _primitive("match_by_rank", _numpy_match, _xla_match)
