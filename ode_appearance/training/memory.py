"""What a training takes of this machine's memory, so that what does not fit is refused before it has begun."""

import dataclasses

from .. import memory
from ..errors import TrainingError
from .config import TrainConfig

_PROGRAM = 1 << 30
"""Of the program itself: its libraries, the weights of the features, and what is being compiled."""
_OF_WIDTH, _OF_ATTENTION, _OF_FEATURES = 105, 1.2, 6000
"""Bytes a pixel: of an evaluation of f for each channel of its levels, how many times that with attention, and of the features.

XLA's CPU backend reports 20 (`quick`) and 33 kB (`standard`) a pixel for RGB textures, 20 and 45 for SVBRDFs, 60 for RGB of
twice the width: so does this, to 4 %."""
_RESERVE = 1.25
"""Whole processes take more than what XLA reports."""


def training_bytes(config: TrainConfig) -> int:
    """About how many bytes a training takes at its peak, the program's own included.

    On the way back, the layers of all stages of one step are there at once; a backsolve has one evaluation's.
    """
    stages = 1 if config.adjoint == "backsolve" else memory.STAGES[config.method]
    width = config.dim * sum(multiplier / 4**level for level, multiplier in enumerate(config.dim_mults))
    evaluation = _OF_WIDTH * width * (_OF_ATTENTION if config.attention else 1)
    pixels = config.batch * config.state_size**2
    return _PROGRAM + int(_RESERVE * pixels * (stages * evaluation + _OF_FEATURES))


def check_training_memory(config: TrainConfig) -> None:
    """Raise TrainingError, with the largest states that fit, where a training would take more memory than is free."""
    needed, free = training_bytes(config), memory.available_bytes()
    if needed <= free:
        return
    step = config.architecture.downsampling
    fitting = range(config.state_size // step * step, 2 * step - 1, -step)
    side = next((side for side in fitting if training_bytes(dataclasses.replace(config, state_size=side)) <= free), None)
    advice = "a smaller network might fit" if side is None else f"states of {side}x{side} fit"
    size = f"{config.state_size}x{config.state_size}"
    raise TrainingError(
        f"Training on states of {size} takes about {needed / 1e9:.1f} GB, but this machine has {free / 1e9:.1f} GB free; "
        f"{advice}."
    )
