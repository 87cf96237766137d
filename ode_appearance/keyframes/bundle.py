"""Keyframes of one solve in one file: what a checkpoint carries, so that a picked material is there before it is solved.

A file is "ODEB", the length of a header (uint32, little-endian), the header (JSON: what `Bundle` has, and the length in bytes
of each keyframe), and the keyframe files one after the other (see codec.py). web/scripts/keyframes/keyframe-bundle.js reads it.
"""

import dataclasses
import json
import math
import struct

from ..config.serialization import parse_json
from ..errors import AppearanceError, CheckpointError

MAGIC = b"ODEB"
_LENGTH = struct.Struct("<I")
MAX_HEADER_BYTES = 1 << 16
MAX_KEYFRAMES = 256


@dataclasses.dataclass(frozen=True)
class Bundle:
    """Keyframe files of ascending model times, the seed and the size (width, height) that they were solved with, and the
    SHA-256 of the weights that they are of, in hexadecimal digits."""

    seed: int
    size: tuple[int, int]
    times: tuple[float, ...]
    weights: str
    keyframes: tuple[bytes, ...]


def write_bundle(bundle: Bundle) -> bytes:
    """The file of a bundle."""
    facts = {
        "seed": bundle.seed,
        "size": bundle.size,
        "times": bundle.times,
        "weights": bundle.weights,
        "lengths": [len(keyframe) for keyframe in bundle.keyframes],
    }
    header = json.dumps(facts).encode()
    return MAGIC + _LENGTH.pack(len(header)) + header + b"".join(bundle.keyframes)


def read_bundle(file: bytes) -> Bundle:
    """The bundle of a file; raises CheckpointError where it is none. The keyframes themselves are not decoded."""
    start = len(MAGIC) + _LENGTH.size
    try:
        if file[: len(MAGIC)] != MAGIC:
            raise ValueError("it is not one")
        (length,) = _LENGTH.unpack_from(file, len(MAGIC))
        if length > MAX_HEADER_BYTES:
            raise ValueError("its header is too long")
        facts = parse_json(file[start : start + length].decode())
        seed, (width, height) = facts["seed"], facts["size"]
        times, lengths, weights = facts["times"], facts["lengths"], facts["weights"]
        whole = [seed, width, height, *lengths]
        if not all(type(number) is int and number >= 0 for number in whole) or not 1 <= min(width, height) <= 4096:
            raise ValueError("its numbers are not possible")
        if not all(type(time) in (int, float) for time in times) or not isinstance(weights, str):
            raise ValueError("its facts are of other types")
        if not 1 <= len(times) == len(lengths) <= MAX_KEYFRAMES or start + length + sum(lengths) != len(file):
            raise ValueError("its lengths do not fit")
        times = tuple(float(time) for time in times)
        if not all(map(math.isfinite, times)) or list(times) != sorted(set(times)):
            raise ValueError("its times do not ascend")
    except (ValueError, KeyError, TypeError, OverflowError, struct.error, AppearanceError) as error:
        raise CheckpointError(f"This is not a file of keyframes: {error}.") from error
    keyframes, at = [], start + length
    for size in lengths:
        keyframes.append(file[at : at + size])
        at += size
    return Bundle(seed, (width, height), times, weights, tuple(keyframes))
