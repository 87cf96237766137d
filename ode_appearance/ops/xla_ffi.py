"""NumPy functions as named CPU targets of XLA's foreign function interface (FFI).

Why not `jax.pure_callback`: it passes JAX arrays that another thread copies first, and deadlocks where all of few threads are
in callbacks (jax issues 24255 and 25861). JAX's compilation cache also refuses functions with such a callback, so every process
compiles them again. A named FFI target is resolved when compiled code is loaded, and gets the buffer addresses.

The structures are the parts used here of version 0.1 of the interface (xla/ffi/api/c_api.h in jaxlib).
"""

import ctypes
from collections.abc import Callable

import jax
import numpy as np
from jaxtyping import Array, Float

_METADATA = 1
_CANCELLED, _RESOURCE_EXHAUSTED, _INTERNAL = 1, 8, 13  # XLA_FFI_Error_Code


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
_handlers = []  # XLA holds no reference to the handlers


def cpu_ffi_call(name: str, function: Callable[..., Float[np.ndarray, "*shape"]]) -> Callable[..., Float[Array, "*shape"]]:
    """Register a NumPy function as an FFI target and return a JAX function that calls it on the CPU.

    No batching, no derivatives. Block until results are ready before the process exits: a call in progress at exit deadlocks
    with the interpreter.

    Args:
        name: Unique name of the target.
        function: From float32 arrays of one shape to an array of that shape. Its exceptions become
            `jax.errors.JaxRuntimeError`; a MemoryError becomes the one for RESOURCE_EXHAUSTED.
    """

    def handle(call):
        try:  # an exception that escapes would be read as the address of an error
            extension = call.contents.extension
            if extension and extension.contents.type == _METADATA:  # XLA's query at registration
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
        except BaseException as error:  # KeyboardInterrupt
            return _error(call, _CANCELLED, repr(error))

    _handlers.append(_HANDLER(handle))
    jax.ffi.register_ffi_target(name, jax.ffi.pycapsule(_handlers[-1]), platform="cpu")
    return lambda *arrays: jax.ffi.ffi_call(name, jax.ShapeDtypeStruct(arrays[0].shape, np.float32))(*arrays)


def _error(call, code, message):
    size = _Error.code.offset + _Error.code.size  # the interface's size excludes trailing padding
    return call.contents.api.contents.create_error(ctypes.byref(_Error(size, None, message.encode(), code)))


def _arrays(buffers):
    return [_array(buffers.buffers[place].contents) for place in range(buffers.count)]


def _array(buffer):
    data = ctypes.cast(buffer.data, ctypes.POINTER(ctypes.c_float))
    return np.ctypeslib.as_array(data, tuple(buffer.shape[: buffer.rank]))
