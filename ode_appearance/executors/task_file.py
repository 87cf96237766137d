"""A training as bytes, to be sent to the machine that does it: the exemplar's frames and every number, in one zip file."""

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
_OF_EXEMPLAR = ("name", "kind", "duration", "frame_interval", "real_duration")
_OF_START = (CONFIG, WEIGHTS, START)
"""Files of the material to start from; the last one only where it has a state of its exemplar."""


def write_task(task: Task) -> bytes:
    """A task as `read_task` reads it; the same bytes for the same task."""
    exemplar = {name: getattr(task.exemplar, name) for name in _OF_EXEMPLAR}
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
            files |= {f"{_START}/{name}": (folder / name).read_bytes() for name in _OF_START if (folder / name).is_file()}
    return zipped(files)


def read_task(data: bytes) -> Task:
    """The task that `write_task` wrote; raises TrainingError for anything else."""
    files = unzipped(data)
    try:
        metadata = parse_json(files[_METADATA].decode())
        arrays = [np.load(io.BytesIO(files[name]), allow_pickle=False) for name in (_FRAMES, _TIMES)]
        values = {name: metadata["exemplar"][name] for name in _OF_EXEMPLAR}
        exemplar = ExemplarFrames(frames=arrays[0], times=arrays[1], **values)
        config, credit = from_json(TrainConfig, metadata["config"]), from_json(Exemplar, metadata["credit"])
        minutes = float("inf") if metadata["max_minutes"] is None else float(metadata["max_minutes"])
        return Task(exemplar, config, credit, _start(files), minutes)
    except (KeyError, TypeError, ValueError, EOFError, AppearanceError) as error:
        raise TrainingError(f"What was sent is no training: {error}.") from error


def _array(values):
    buffer = io.BytesIO()
    np.save(buffer, values, allow_pickle=False)
    return buffer.getvalue()


def _start(files):
    """The material to start from, if one was sent."""
    if f"{_START}/{CONFIG}" not in files:
        return None
    with tempfile.TemporaryDirectory() as scratch:
        for name in _OF_START:
            if name != START or f"{_START}/{name}" in files:
                (Path(scratch) / name).write_bytes(files[f"{_START}/{name}"])
        return load_folder(scratch)
