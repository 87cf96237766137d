"""NumPy functions that XLA's compiled code calls on the CPU by a name.

`jax.pure_callback` would do, but it hands the callback JAX arrays that are copied first, on a thread that the callback then
waits for: for ever, where few threads are all in callbacks (jax issues 24255 and 25861). And what has such a callback in it is
compiled anew in each process, since JAX's compilation cache refuses it. A named target of XLA's foreign function interface is
found when compiled code is loaded, and gets the addresses of the buffers themselves.

The structures are those of version 0.1 of that interface (xla/ffi/api/c_api.h, which jaxlib carries), as far as they are read.
"""

import ctypes
from collections.abc import Callable

import jax
import numpy as np
from jaxtyping import Array, Float

_METADATA = 1
_CANCELLED, _RESOURCE_EXHAUSTED, _INTERNAL = 1, 8, 13  # codes of errors


class _Version(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("extension", ctypes.c_void_p), ("major", ctypes.c_int), ("minor", ctypes.c_int)]


class _Metadata(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("version", _Version)]


class _Extension(ctypes.Structure):
    _fields_ = [("size", ctypes.c_size_t), ("type", ctypes.c_int), ("next", ctypes.c_void_p), ("metadata", ctypes.c_void_p)]


class _Buffer(ctypes.Structure):
    _fields_ = [
        *[("size", ctypes.c_size_t), ("extension", ctypes.c_void_p), ("type", ctypes.c_int), ("data", ctypes.c_void_p)],
        *[("rank", ctypes.c_int64), ("shape", ctypes.POINTER(ctypes.c_int64))],
    ]


class _Buffers(ctypes.Structure):
    _fields_ = [
        *[("size", ctypes.c_size_t), ("extension", ctypes.c_void_p), ("count", ctypes.c_int64), ("types", ctypes.c_void_p)],
        ("buffers", ctypes.POINTER(ctypes.POINTER(_Buffer))),
    ]


class _Error(ctypes.Structure):
    _fields_ = [
        *[("size", ctypes.c_size_t), ("extension", ctypes.c_void_p)],
        *[("message", ctypes.c_char_p), ("code", ctypes.c_int)],
    ]


class _Api(ctypes.Structure):
    _fields_ = [
        *[("size", ctypes.c_size_t), ("extension", ctypes.c_void_p), ("version", _Version), ("internal", ctypes.c_void_p)],
        ("create_error", ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.POINTER(_Error))),
    ]


class _Call(ctypes.Structure):
    _fields_ = [
        *[("size", ctypes.c_size_t), ("extension", ctypes.POINTER(_Extension)), ("api", ctypes.POINTER(_Api))],
        *[("context", ctypes.c_void_p), ("stage", ctypes.c_int), ("operands", _Buffers), ("results", _Buffers)],
    ]


_HANDLER = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.POINTER(_Call))
_kept = []  # XLA holds no reference to the handlers


def call_by_name(name: str, function: Callable[..., Float[np.ndarray, "*shape"]]) -> Callable[..., Float[Array, "*shape"]]:
    """A JAX function of float32 arrays of one shape, its result alike, that on the CPU calls this function of NumPy arrays.

    It is for the CPU alone, neither batched nor differentiated. What the function raises becomes a
    `jax.errors.JaxRuntimeError`, that of too little memory where it is a MemoryError. Wait for results before the program
    ends: a call that is under way then would wait for Python, and Python for it.
    """

    def handle(call):
        try:  # what leaves it would be taken for an error's address
            extension = call.contents.extension
            if extension and extension.contents.type == _METADATA:  # XLA asks, as the handler is registered
                version = ctypes.cast(extension.contents.metadata, ctypes.POINTER(_Metadata)).contents.version
                version.major, version.minor = 0, 1
                return None
            (result,) = _arrays(call.contents.results)
            result[...] = function(*_arrays(call.contents.operands))
            return None
        except MemoryError:
            return _error(call, _RESOURCE_EXHAUSTED, "Out of memory")
        except Exception as error:
            return _error(call, _INTERNAL, repr(error))
        except BaseException as error:  # a signal's
            return _error(call, _CANCELLED, repr(error))

    _kept.append(_HANDLER(handle))
    jax.ffi.register_ffi_target(name, jax.ffi.pycapsule(_kept[-1]), platform="cpu")
    return lambda *arrays: jax.ffi.ffi_call(name, jax.ShapeDtypeStruct(arrays[0].shape, np.float32))(*arrays)


def _error(call, code, message):
    size = _Error.code.offset + _Error.code.size  # as the interface counts it: without what fills it up
    return call.contents.api.contents.create_error(ctypes.byref(_Error(size, None, message.encode(), code)))


def _arrays(buffers):
    return [_array(buffers.buffers[place].contents) for place in range(buffers.count)]


def _array(buffer):
    data = ctypes.cast(buffer.data, ctypes.POINTER(ctypes.c_float))
    return np.ctypeslib.as_array(data, tuple(buffer.shape[: buffer.rank]))
