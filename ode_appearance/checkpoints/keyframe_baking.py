"""Keyframes stored with a checkpoint, baked from its model, so that the viewer shows it before anything is solved."""

import hashlib
import zlib
from pathlib import Path

from ..errors import CheckpointError, RequestError
from ..keyframes.bundle import Bundle, read_bundle, write_bundle
from ..keyframes.codec import check_keyframe
from ..keyframes.encoder import Encoder
from ..keyframes.keyframe_times import keyframe_times
from ..models.material import Material
from ..ode.solve import solve
from ..runtime.atomic_io import write_atomically
from .checkpoint import KEYFRAMES, WEIGHTS, load_config, load_folder, safe_file

SIZE = 128
COUNT = 32
MAX_SIDE = 256
MAX_BYTES = 4 << 20
"""Of a file that is read; baked files have less than half of it."""


def bake(folder: Path | str) -> Path:
    """Write `keyframes.bin` of a checkpoint folder: warm-up and exemplar span from seed 0, COUNT keyframes of SIZE x SIZE.

    Returns:
        The path of the file.

    Raises:
        CheckpointError: Where the checkpoint is invalid or cannot be written to.
        RequestError: Where the solve ends early.
    """
    folder = Path(folder)
    material = load_folder(folder)
    file = write_bundle(bake_bundle(material, _digest(folder)))
    path = folder / KEYFRAMES
    try:
        write_atomically(path, lambda out: out.write(file))
    except OSError as error:
        raise CheckpointError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def bake_bundle(material: Material, weights: str = "") -> Bundle:
    """Solve and encode the keyframes to bake.

    Args:
        material: The material.
        weights: SHA-256 of its weights file, stored in the bundle.

    Raises:
        RequestError: Where the solve ends early.
    """
    times = material.config.times
    wanted = keyframe_times(times, material.config.first_time, times.duration, COUNT)
    trajectory = solve(material, seed=0, size=(SIZE, SIZE), times=wanted)
    if trajectory.status != "complete":
        raise RequestError(f"{material.name} cannot be baked: its solve ended early ({trajectory.status}).")
    # A texture takes a quarter of the bytes.
    encoder = Encoder(material.config, "full" if material.config.brdf is None else "light")
    keyframes = tuple(encoder.encode(state) for state in trajectory.states)
    return Bundle(0, (SIZE, SIZE), tuple(trajectory.times.tolist()), weights, keyframes)


def baked(folder: Path | str) -> Path | None:
    """The `keyframes.bin` of a checkpoint folder; None where it is missing, invalid or of other weights."""
    folder = Path(folder)
    try:
        path = safe_file(folder, KEYFRAMES)
        if path.stat().st_size > MAX_BYTES:
            return None
        bundle = read_bundle(path.read_bytes())
        if bundle.weights != _digest(folder) or max(bundle.size) > MAX_SIDE:
            return None
        kind = load_config(folder).kind
        for keyframe in bundle.keyframes:
            check_keyframe(keyframe, kind, bundle.size)
        return path
    except (CheckpointError, OSError, ValueError, zlib.error):
        return None


def _digest(folder):
    return hashlib.sha256(safe_file(folder, WEIGHTS).read_bytes()).hexdigest()
