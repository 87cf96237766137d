"""A training task as a zip file, for transfer to another machine: the exemplar's frames and all options."""

import io
import json
import tempfile
from pathlib import Path

import numpy as np

from ..checkpoints.checkpoint import CONFIG, START, WEIGHTS, load_folder, save_folder
from ..config.schema import Exemplar
from ..config.serialization import from_json, parse_json, to_json
from ..data import ExemplarFrames
from ..errors import AppearanceError, TrainingError
from ..training.job import Task
from ..training.train_config import TrainConfig
from .run_archive import unzipped, zipped

_METADATA, _FRAMES, _TIMES, _START = "task.json", "frames.npy", "times.npy", "init_from"
_EXEMPLAR_FIELDS = ("name", "kind", "duration", "frame_interval", "real_duration")
_START_FILES = (CONFIG, WEIGHTS, START)
"""Files of the material to start from; START only if the material has a stitched start."""


def write_task(task: Task) -> bytes:
    """The zip file of a task; the same bytes for the same task."""
    exemplar = {name: getattr(task.exemplar, name) for name in _EXEMPLAR_FIELDS}
    minutes = None if task.max_minutes == float("inf") else task.max_minutes
    metadata = {
        "config": to_json(task.config),
        "exemplar": exemplar,
        "credit": to_json(task.credit),
        "max_minutes": minutes,
    }
    files = {
        _METADATA: json.dumps(metadata).encode(),
        _FRAMES: _array(task.exemplar.frames),
        _TIMES: _array(task.exemplar.times),
    }
    if task.init_from is not None:
        with tempfile.TemporaryDirectory() as scratch:
            folder = save_folder(task.init_from, Path(scratch) / "material", None)
            files |= {f"{_START}/{name}": (folder / name).read_bytes() for name in _START_FILES if (folder / name).is_file()}
    return zipped(files)


def read_task(data: bytes) -> Task:
    """The task in a zip file of `write_task`; TrainingError for other bytes."""
    files = unzipped(data)
    try:
        metadata = parse_json(files[_METADATA].decode())
        arrays = [np.load(io.BytesIO(files[name]), allow_pickle=False) for name in (_FRAMES, _TIMES)]
        values = {name: metadata["exemplar"][name] for name in _EXEMPLAR_FIELDS}
        exemplar = ExemplarFrames(frames=arrays[0], times=arrays[1], **values)
        config, credit = from_json(TrainConfig, metadata["config"]), from_json(Exemplar, metadata["credit"])
        minutes = float("inf") if metadata["max_minutes"] is None else float(metadata["max_minutes"])
        return Task(exemplar, config, credit, _start(files), minutes)
    except (KeyError, TypeError, ValueError, EOFError, AppearanceError) as error:
        raise TrainingError(f"The received file is not a training task: {error}.", code="no-task") from error


def _array(values):
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()


def _start(files):
    """The material to start from, or None."""
    if f"{_START}/{CONFIG}" not in files:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        for name in _START_FILES:
            if name != START or f"{_START}/{name}" in files:
                (Path(scratch) / name).write_bytes(files[f"{_START}/{name}"])
        return load_folder(scratch)
