"""The folder of a run: its request, its state, and its current material.

run.json        the request: the training config and the exemplar's metadata
state.eqx       progress, weights, optimiser and states: everything that the next iteration needs
material/       a checkpoint of the material
.lock           held by the training process, see runtime/folder_lock.py
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
_MAX_HEADER_BYTES = 1 << 16
_IMPLIED = {"initialisation_crops": 1, "directions": "crop", "evaluation": "repeatable", "target_precision": "float16"}
"""Values of fields that are missing in a run.json of earlier versions."""


def write_request(folder: Path, config: TrainConfig, exemplar: dict[str, Any]) -> None:
    """Write the request of a run into its folder, which is created; TrainingError if it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({"config": to_json(config), "exemplar": exemplar}, indent=1)
        write_atomically(folder / RUN, lambda file: file.write(text.encode()))
    except OSError as error:
        raise TrainingError(f"{folder} cannot be written: {error.strerror or error}.") from error


def read_request(folder: Path) -> tuple[TrainConfig, dict[str, Any]]:
    """The config of a run and the metadata of its exemplar; TrainingError if there is no run to resume."""
    try:
        data = parse_json((folder / RUN).read_text("utf-8"))
        return from_json(TrainConfig, _with_current_names({**_IMPLIED, **data["config"]})), data["exemplar"]
    except (OSError, UnicodeDecodeError, KeyError, TypeError, AppearanceError) as error:
        raise TrainingError(f"{folder} holds no run that can be resumed: {error}.") from error


def _with_current_names(config):
    """A stored config with current names: in earlier versions `method` was the Runge-Kutta method."""
    if config.get("method") in ("heun", "tsit5", "bosh3"):
        return {**{name: value for name, value in config.items() if name != "method"}, "runge_kutta": config["method"]}
    return config


def refuse_run(folder: Path) -> None:
    """Raise TrainingError if a folder holds a saved run."""
    if path_exists(folder / STATE):
        raise TrainingError(f"{folder} already holds a run: resume it (--resume), or choose another folder.", code="holds-run")


def write_state(folder: Path, learner: Any, progress: dict[str, Any]) -> None:
    """Save the state of a run atomically."""
    header = json.dumps(progress).encode()

    def write(file):
        file.write(len(header).to_bytes(8, "little") + header)
        eqx.tree_serialise_leaves(file, learner)

    try:
        write_atomically(folder / STATE, write)
    except OSError as error:
        raise TrainingError(f"The run could not be saved in {folder}: {error.strerror or error}.") from error


def read_state(folder: Path, like: Callable[[dict[str, Any]], Any]) -> tuple[Any, dict[str, Any]] | None:
    """The state and progress saved by `write_state`, or None.

    Args:
        like: returns a pytree of the state's structure and shapes for a progress.

    Raises:
        TrainingError: the file is damaged or of another run (code "damaged").
    """
    try:
        with (folder / STATE).open("rb") as file:
            progress = json.loads(file.read(int.from_bytes(file.read(8), "little")))
            return eqx.tree_deserialise_leaves(file, like(progress)), progress
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RuntimeError, MemoryError) as error:
        raise TrainingError(f"{folder / STATE} is damaged or of another run: {error}", code="damaged") from error


def read_progress(folder: Path) -> dict[str, Any] | None:
    """The progress in the last save of a run (`iteration`, `seconds`, ...), or None if there is no valid one."""
    try:
        with (folder / STATE).open("rb") as file:
            progress = json.loads(file.read(min(int.from_bytes(file.read(8), "little"), _MAX_HEADER_BYTES)))
    except (OSError, ValueError, RecursionError):
        return None
    return progress if isinstance(progress, dict) and type(progress.get("iteration")) is int else None


def hold_run(folder: Path, patience: float = 0.0) -> FolderLock:
    """Lock the folder of a run; TrainingError if another process holds it for longer than `patience` seconds."""
    return lock_folder(
        folder, lambda holder: f"{folder} is in use by a training, {holder}: wait until it ends, or end it.", patience
    )


def material_iteration(folder: Path) -> int | None:
    """The iteration of a run's saved material, or None if there is no valid one.

    config.json is written last, so that an interrupted save is detected.
    """
    try:
        iteration = load_config(folder / MATERIAL).training.get("iterations")
    except AppearanceError:
        return None
    return iteration if type(iteration) is int and (folder / MATERIAL / WEIGHTS).is_file() else None


def material_sentence(folder: Path) -> str:
    """A sentence on where the material of an ended run is."""
    if material_iteration(folder) is None:
        return "There is no material yet, since the current weights cannot be solved."
    return f"The material is in {folder / MATERIAL}."


def is_finished(folder: Path, iterations: int | None = None) -> bool:
    """Whether a run has saved this number of iterations (by default all of its request) and their material."""
    progress = read_progress(folder)
    try:
        if progress is None or progress["iteration"] < (iterations or read_request(folder)[0].schedule.iterations):
            return False
    except TrainingError:
        return False
    return material_iteration(folder) == progress["iteration"]
