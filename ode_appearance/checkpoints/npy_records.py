"""Equinox leaf files (concatenated .npy records), read without trusting them.

Each record's header is compared with the expectation before its data is read, and data is read only where the file has
enough bytes: no file makes us allocate more than its own size, and none can run code.
"""

import ast
import math
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, NamedTuple

import numpy as np

from ..errors import CheckpointError
from ..runtime.regular_files import open_regular

_MAGIC = b"\x93NUMPY\x01\x00"
_MAX_HEADER = 1024
_MAX_RECORD = len(_MAGIC) + 2 + _MAX_HEADER + 8
"""Bytes of a header and a single number."""
# Scalar records in a published checkpoint: one for each attention, far fewer than this.
_MAX_SCALARS = 256


def read_arrays(path: Path, shapes: Sequence[tuple[int, ...]], *, skip_scalars: bool = False) -> list[np.ndarray]:
    """Read the float32 arrays of a leaf file.

    Args:
        path: The file.
        shapes: Expected shapes, in order.
        skip_scalars: Skip 0-d integers and floats, which a published checkpoint holds among its arrays.

    Raises:
        CheckpointError: For other shapes or types, pickles, non-finite numbers, and too few or too many bytes.
    """
    length = sum(4 * math.prod(shape) for shape in shapes)
    records = len(shapes) + (_MAX_SCALARS if skip_scalars else 0)
    wanted = iter(shapes)
    arrays = []
    for dtype, shape, data in iterate_records(path, length, records):
        if skip_scalars and shape == ():
            continue
        expected = next(wanted, None)
        if expected is None:
            raise CheckpointError(f"{path.name} has more than the {len(arrays)} arrays of this architecture.")
        if shape != tuple(expected) or dtype != np.dtype("<f4"):
            raise CheckpointError(
                f"Array {len(arrays)} of {path.name} is {dtype.str} of shape {shape}; this architecture expects <f4 of shape "
                f"{tuple(expected)}."
            )
        array = np.frombuffer(data(), dtype).reshape(shape)
        if not np.isfinite(array).all():
            raise CheckpointError(f"Array {len(arrays)} of {path.name} holds weights that are not finite.")
        arrays.append(array)
    if next(wanted, None) is not None:
        raise CheckpointError(f"{path.name} ends after {len(arrays)} of {len(shapes)} arrays.")
    return arrays


def read_half_precision(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """Read the only array, float16, of a file, as float32.

    Args:
        path: The file.
        shape: Expected shape.

    Raises:
        CheckpointError: As `read_arrays` does.
    """
    arrays = []
    for dtype, found, data in iterate_records(path, 2 * math.prod(shape), 1):
        if found != shape or dtype != np.dtype("<f2") or arrays:
            raise CheckpointError(f"{path.name} must hold one <f2 array of shape {shape}, not {dtype.str} of shape {found}.")
        arrays.append(np.frombuffer(data(), dtype).reshape(shape).astype(np.float32))
    if not arrays or not np.isfinite(arrays[0]).all():
        raise CheckpointError(f"{path.name} must hold one array of finite numbers.")
    return arrays[0]


def read_scalars(path: Path, count: int) -> list[float]:
    """Read the `count` finite 0-d numbers of a leaf file; raises CheckpointError for anything else."""
    values = []
    for dtype, shape, data in iterate_records(path, 0, count):
        if shape != () or len(values) == count:
            raise CheckpointError(f"{path.name} must hold {count} single numbers and nothing else.")
        values.append(float(np.frombuffer(data(), dtype)[0]))
    if len(values) < count or not all(math.isfinite(value) for value in values):
        raise CheckpointError(f"{path.name} must hold {count} finite numbers.")
    return values


class Header(NamedTuple):
    """Header of a record: type and shape, and the value of a 0-d number."""

    dtype: np.dtype
    shape: tuple[int, ...]
    value: float | None


def read_headers(path: Path, max_bytes: int, max_records: int) -> list[Header]:
    """Read the headers of all records of a leaf file of any architecture, skipping the data of arrays.

    Args:
        path: The file.
        max_bytes: Limit of the data.
        max_records: Limit of the number of records.

    Raises:
        CheckpointError: For larger files, more records, and invalid ones.
    """
    headers = []
    for dtype, shape, data in iterate_records(path, max_bytes, max_records, min_length=0):
        if len(headers) == max_records:
            raise CheckpointError(f"{path.name} has more than {max_records:,} records.")
        value = float(np.frombuffer(data(), dtype)[0]) if shape == () else None
        headers.append(Header(dtype, shape, value))
    return headers


def iterate_records(
    path: Path, length: int, records: int, *, min_length: int | None = None
) -> Iterator[tuple[np.dtype, tuple[int, ...], "_Reader"]]:
    """Yield (type, shape, function that reads the data) of each .npy record; unread data is skipped.

    Args:
        path: The file.
        length: Bytes of the data of all arrays.
        records: Maximum number of records.
        min_length: Minimum file size; default: `length`.

    Raises:
        CheckpointError: At once where the size of the file is out of these bounds (code "wrong-size"), else at the first
            invalid record.
    """
    try:
        with open_regular(path, CheckpointError) as file:
            size = os.fstat(file.fileno()).st_size
            if not (length if min_length is None else min_length) <= size <= length + records * _MAX_RECORD:
                raise CheckpointError(
                    f"{path.name} has {size:,} bytes; a complete one of this architecture has {length:,} plus headers.",
                    code="wrong-size",
                )
            while file.tell() < size:
                dtype, shape = _read_header(file, path)
                length = dtype.itemsize * math.prod(shape)
                if length > size - file.tell():
                    raise CheckpointError(f"{path.name} is cut off in an array of {length:,} bytes.")
                end = file.tell() + length
                yield dtype, shape, _Reader(file, length)
                file.seek(end)
    except OSError as error:
        raise CheckpointError(f"{path.name} cannot be read: {error.strerror or error}.") from error


class _Reader:
    """Reads a record's data when called."""

    def __init__(self, file: BinaryIO, length: int):
        self.file, self.length = file, length

    def __call__(self) -> bytes:
        data = self.file.read(self.length)
        if len(data) < self.length:
            raise CheckpointError("The file was truncated while it was read.")
        return data


def _read_header(file: BinaryIO, path: Path) -> tuple[np.dtype, tuple[int, ...]]:
    problem = CheckpointError(f"{path.name} is not a file of .npy records (at byte {file.tell():,}).")
    if file.read(len(_MAGIC)) != _MAGIC:
        raise problem
    length = int.from_bytes(file.read(2), "little")
    text = file.read(length) if length <= _MAX_HEADER else b""
    try:
        header = ast.literal_eval(text.decode("latin-1").strip())
        descr, fortran, shape = header["descr"], header["fortran_order"], header["shape"]
        dtype = np.dtype(descr)
        sound = isinstance(descr, str) and isinstance(shape, tuple) and len(shape) <= 8 and len(header) == 3
        sound = sound and all(type(n) is int and 0 <= n < 2**40 for n in shape) and (fortran is False or len(shape) < 2)
    except Exception as error:  # a forged header may raise anything
        raise problem from error
    if not sound:
        raise problem
    if dtype.kind not in "fiub" or dtype.hasobject:
        raise CheckpointError(f"{path.name} holds data of type {descr!r}; only plain numbers are supported.")
    return dtype, shape
