"""The folder of a run: what it was asked for, where it stands, and the material as it is.

run.json        the training config, the exemplar's metadata, and how far it has come
state.eqx       weights, optimiser and states: all that the next iteration needs
material/       a checkpoint of the material
.lock           held by the process that trains it, see runtime/folder_lock.py
events.*        TensorBoard's event files
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import equinox as eqx

from ...checkpoints.checkpoint import WEIGHTS, load_config
from ...config.serialization import from_json, parse_json, to_json
from ...errors import AppearanceError, TrainingError
from ...runtime.atomic_io import write_atomically
from ...runtime.folder_lock import FolderLock, lock_folder
from ...runtime.regular_files import path_exists
from ..train_config import TrainConfig

RUN, STATE, MATERIAL = "run.json", "state.eqx", "material"
_MOST_HEADER_BYTES = 1 << 16
_IMPLIED = {"initialisation_crops": 1, "directions": "crop", "evaluation": "repeatable", "target_precision": "float16"}
"""Fields that a run.json written before they existed lacks, with the values that such a run was trained by."""


def write_request(folder: Path, config: TrainConfig, exemplar: dict[str, Any]) -> None:
    """What a run is asked for, in its folder, which is made; raises TrainingError where it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"config": to_json(config), "exemplar": exemplar}, indent=1)
        write_atomically(folder / RUN, lambda file: file.write(text.encode()))
    except OSError as error:
        raise TrainingError(f"{folder} cannot be written: {error.strerror or error}.") from error


def read_request(folder: Path) -> tuple[TrainConfig, dict[str, Any]]:
    """The config of a run, and the metadata of its exemplar; raises TrainingError where there is no run to resume."""
    try:
        data = parse_json((folder / RUN).read_text("utf-8"))
        return from_json(TrainConfig, _as_now({**_IMPLIED, **data["config"]})), data["exemplar"]
    except (OSError, UnicodeDecodeError, KeyError, TypeError, AppearanceError) as error:
        raise TrainingError(f"{folder} holds no run that can be resumed: {error}.") from error


def _as_now(config):
    """The numbers under today's names: `method` was the Runge-Kutta method before there was more than one way to train."""
    if config.get("method") in ("heun", "tsit5", "bosh3"):
        return {**{name: value for name, value in config.items() if name != "method"}, "runge_kutta": config["method"]}
    return config


def refuse_run(folder: Path) -> None:
    """Raise TrainingError where a folder holds what an earlier run has saved."""
    if path_exists(folder / STATE):
        raise TrainingError(f"{folder} holds a run already: resume it (--resume), or train into another folder.")


def write_state(folder: Path, learner: Any, progress: dict[str, Any]) -> None:
    """Save where a run stands, whole or not at all."""
    header = json.dumps(progress).encode()

    def write(file):
        file.write(len(header).to_bytes(8, "little") + header)
        eqx.tree_serialise_leaves(file, learner)

    try:
        write_atomically(folder / STATE, write)
    except OSError as error:
        raise TrainingError(f"The run could not be saved in {folder}: {error.strerror or error}.") from error


def read_state(folder: Path, like: Callable[[dict[str, Any]], Any]) -> tuple[Any, dict[str, Any]] | None:
    """What `write_state` saved, its arrays shaped like those of `like(progress)`; None where nothing was saved yet."""
    try:
        with (folder / STATE).open("rb") as file:
            progress = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            return eqx.tree_deserialise_leaves(file, like(progress)), progress
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RuntimeError, MemoryError) as error:
        raise TrainingError(f"{folder / STATE} is damaged or of another run: {error}") from error


def read_progress(folder: Path) -> dict[str, Any] | None:
    """How far a run had come when it was saved last (`iteration`, `seconds`, ...); None where nothing sound was saved."""
    try:
        with (folder / STATE).open("rb") as file:
            progress = json.loads(file.read(min(int.from_bytes(file.read(8), "little"), _MOST_HEADER_BYTES)))
    except (OSError, ValueError, RecursionError):
        return None
    return progress if isinstance(progress, dict) and type(progress.get("iteration")) is int else None


def hold_run(folder: Path, patience: float = 0.0) -> FolderLock:
    """Lock the folder of a run; raises TrainingError where another process has it for longer than `patience` seconds."""
    return lock_folder(
        folder, lambda holder: f"{folder} is being trained into by {holder}: wait until that has ended, or end it.", patience
    )


def material_iteration(folder: Path) -> int | None:
    """The iteration at which the material of a run was saved; None where there is no sound one.

    Its config.json is written last, so that a save that was cut off is seen.
    """
    try:
        iteration = load_config(folder / MATERIAL).training.get("iterations")
    except AppearanceError:
        return None
    return iteration if type(iteration) is int and (folder / MATERIAL / WEIGHTS).is_file() else None


def where_material_is(folder: Path) -> str:
    """A sentence about the material of a run that has ended."""
    if material_iteration(folder) is None:
        return "There is no material yet: what is learnt so far cannot be solved."
    return f"The material is in {folder / MATERIAL}."


def is_finished(folder: Path, iterations: int | None = None) -> bool:
    """Whether a run has saved so many iterations, by default all that it was asked for, and the material after them."""
    progress = read_progress(folder)
    try:
        if progress is None or progress["iteration"] < (iterations or read_request(folder)[0].schedule.iterations):
            return False
    except TrainingError:
        return False
    return material_iteration(folder) == progress["iteration"]
