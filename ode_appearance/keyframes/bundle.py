"""A bundle: the keyframes of one solve in one file. Checkpoints contain one, so the viewer can show a material without a solve.

File format: "ODEB", the length of the header (uint32, little-endian), the header (JSON: the fields of `Bundle`, with the byte
length of each keyframe), then the keyframe files (codec.py). Decoder: web/scripts/keyframes/keyframe-bundle.js.
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
    """Keyframe files of one solve."""

    seed: int
    size: tuple[int, int]
    """(width, height) in pixels."""
    times: tuple[float, ...]
    """Model times, ascending."""
    weights: str
    """SHA-256 of the weights file, hexadecimal."""
    keyframes: tuple[bytes, ...]


def write_bundle(bundle: Bundle) -> bytes:
    """Serialise a bundle."""
    fields = {
        "seed": bundle.seed,
        "size": bundle.size,
        "times": bundle.times,
        "weights": bundle.weights,
        "lengths": [len(keyframe) for keyframe in bundle.keyframes],
    }
    header = json.dumps(fields).encode()
    return MAGIC + _LENGTH.pack(len(header)) + header + b"".join(bundle.keyframes)


def read_bundle(file: bytes) -> Bundle:
    """Parse a bundle, without decoding its keyframes.

    Raises:
        CheckpointError: For an invalid file. Code "invalid-bundle".
    """
    start = len(MAGIC) + _LENGTH.size
    try:
        if file[: len(MAGIC)] != MAGIC:
            raise ValueError("it has another file format")
        (length,) = _LENGTH.unpack_from(file, len(MAGIC))
        if length > MAX_HEADER_BYTES:
            raise ValueError("its header is too long")
        fields = parse_json(file[start : start + length].decode())
        seed, (width, height) = fields["seed"], fields["size"]
        times, lengths, weights = fields["times"], fields["lengths"], fields["weights"]
        integers = [seed, width, height, *lengths]
        if not all(type(number) is int and number >= 0 for number in integers) or not 1 <= min(width, height) <= 4096:
            raise ValueError("its seed, size or lengths are out of range")
        if not all(type(time) in (int, float) for time in times) or not isinstance(weights, str):
            raise ValueError("its times or weights have the wrong type")
        if not 1 <= len(times) == len(lengths) <= MAX_KEYFRAMES or start + length + sum(lengths) != len(file):
            raise ValueError("its lengths do not add up")
        times = tuple(float(time) for time in times)
        if not all(map(math.isfinite, times)) or list(times) != sorted(set(times)):
            raise ValueError("its times do not ascend")
    except (ValueError, KeyError, TypeError, OverflowError, struct.error, AppearanceError) as error:
        raise CheckpointError(f"The keyframe bundle is invalid: {error}. Bake it again.", code="invalid-bundle") from error
    keyframes, at = [], start + length
    for size in lengths:
        keyframes.append(file[at : at + size])
        at += size
    return Bundle(seed, (width, height), times, weights, tuple(keyframes))
