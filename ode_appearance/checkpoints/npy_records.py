"""Equinox leaf files (a plain concatenation of .npy records), read without trusting them.

Every record's header is compared with what is expected before its data are read, and the data of a record are read only
where the file has them, so that no file makes us allocate more than its own size, and none can run code.
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
"""Bytes of a header, and of a single number."""
# Records of single numbers among a published checkpoint's arrays: one for each attention, so far fewer than this.
_MAX_SCALARS = 256


def read_arrays(path: Path, shapes: Sequence[tuple[int, ...]], *, skip_scalars: bool = False) -> list[np.ndarray]:
    """The float32 arrays of a leaf file, which have to have exactly these shapes, in this order, and be finite.

    `skip_scalars` passes over 0-d integers and floats, which a published checkpoint holds among its arrays.
    Raises CheckpointError for anything else: other shapes or types, pickles, too few or too many bytes.
    """
    length = sum(4 * math.prod(shape) for shape in shapes)
    records = len(shapes) + (_MAX_SCALARS if skip_scalars else 0)
    wanted = iter(shapes)
    arrays = []
    for dtype, shape, data in read_records(path, length, records):
        if skip_scalars and shape == ():
            continue
        expected = next(wanted, None)
        if expected is None:
            raise CheckpointError(f"{path.name} goes on after its {len(arrays)} arrays: it is not of this architecture.")
        if shape != tuple(expected) or dtype != np.dtype("<f4"):
            raise CheckpointError(
                f"Array {len(arrays)} of {path.name} is {dtype.str} of shape {shape}; this architecture has <f4 of shape "
                f"{tuple(expected)} there."
            )
        array = np.frombuffer(data(), dtype).reshape(shape)
        if not np.isfinite(array).all():
            raise CheckpointError(f"Array {len(arrays)} of {path.name} holds weights that are not finite numbers.")
        arrays.append(array)
    if next(wanted, None) is not None:
        raise CheckpointError(f"{path.name} ends after {len(arrays)} of {len(shapes)} arrays.")
    return arrays


def read_half_precision(path: Path, shape: tuple[int, ...]) -> np.ndarray:
    """The one float16 array of a file, which has to have this shape and be finite, as float32. Raises as `read_arrays` does."""
    arrays = []
    for dtype, found, data in read_records(path, 2 * math.prod(shape), 1):
        if found != shape or dtype != np.dtype("<f2") or arrays:
            raise CheckpointError(f"{path.name} has to hold one <f2 array of shape {shape}, not {dtype.str} of shape {found}.")
        arrays.append(np.frombuffer(data(), dtype).reshape(shape).astype(np.float32))
    if not arrays or not np.isfinite(arrays[0]).all():
        raise CheckpointError(f"{path.name} has to hold one array of finite numbers.")
    return arrays[0]


def read_scalars(path: Path, count: int) -> list[float]:
    """The `count` finite 0-d numbers of a leaf file."""
    values = []
    for dtype, shape, data in read_records(path, 0, count):
        if shape != () or len(values) == count:
            raise CheckpointError(f"{path.name} has to hold {count} single numbers and nothing else.")
        values.append(float(np.frombuffer(data(), dtype)[0]))
    if len(values) < count or not all(math.isfinite(value) for value in values):
        raise CheckpointError(f"{path.name} has to hold {count} finite numbers.")
    return values


class Header(NamedTuple):
    """What stands before a record's data: the shape, and the value of a 0-d number."""

    dtype: np.dtype
    shape: tuple[int, ...]
    value: float | None


def read_headers(path: Path, most_bytes: int, most_records: int) -> list[Header]:
    """The headers of all records of a leaf file of any architecture; the data of arrays are not read.

    Raises CheckpointError for a file of more bytes or records, and for what `read_records` refuses.
    """
    headers = []
    for dtype, shape, data in read_records(path, most_bytes, most_records, least=0):
        if len(headers) == most_records:
            raise CheckpointError(f"{path.name} has more than {most_records:,} records.")
        value = float(np.frombuffer(data(), dtype)[0]) if shape == () else None
        headers.append(Header(dtype, shape, value))
    return headers


def read_records(
    path: Path, length: int, records: int, *, least: int | None = None
) -> Iterator[tuple[np.dtype, tuple[int, ...], "_Reader"]]:
    """(type, shape, function that reads the data) of each .npy record; what is not read is skipped.

    A file whose size cannot be that of at most `records` records, arrays of `length` bytes among them, or at `least` of so
    many, is refused at once.
    """
    try:
        with open_regular(path, CheckpointError) as file:
            size = os.fstat(file.fileno()).st_size
            if not (length if least is None else least) <= size <= length + records * _MAX_RECORD:
                raise CheckpointError(
                    f"{path.name} has {size:,} bytes; it would have {length:,}, and some for headers, if it were whole and of "
                    f"this architecture."
                )
            while file.tell() < size:
                dtype, shape = _read_header(file, path)
                length = dtype.itemsize * math.prod(shape)
                if length > size - file.tell():
                    raise CheckpointError(f"{path.name} is cut off: an array of {length:,} bytes is not all there.")
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
            raise CheckpointError("The file became shorter while it was read.")
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
    except Exception as error:  # whatever a forged header does to the parser, it is a forged header
        raise problem from error
    if not sound:
        raise problem
    if dtype.kind not in "fiub" or dtype.hasobject:
        raise CheckpointError(f"{path.name} holds data of type {descr!r}; only plain numbers are read.")
    return dtype, shape
