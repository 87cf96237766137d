"""What a training takes of this machine's memory, so that what does not fit is refused before it has begun."""

from ..config.schema import MaterialConfig
from ..errors import TrainingError
from ..runtime import memory_budget
from .train_config import TrainConfig

_COMPILING = 1 << 28
_OF_WIDTH, _OF_ATTENTION, _OF_FEATURES = 105, 1.2, 6000
"""Bytes a pixel: of an evaluation of f for each channel of its levels, how many times that with attention, and of the features.

XLA's CPU backend reports 19.5 (`quick`) and 33 kB (`standard`) a pixel for RGB textures, 20.4 and 45 for SVBRDFs, 60 for RGB of
twice the width: so does this, to 4 %. An attention that is far wider than usual is counted as a solve counts it."""
_RESERVE = 1.25
_LEAST_SIDE = 32


def training_bytes(config: TrainConfig, together: int = 1) -> int:
    """About how many bytes a training takes at its peak; `together` of its kind are one stacked computation.

    On the way back, the layers of all stages of one step are there at once; a backsolve has one evaluation's, and so has flow
    matching, which has no features either. An SVBRDF is evaluated at the exemplar's size.
    """
    material = MaterialConfig("trained", config.kind, config.brdf, config.architecture)
    flow = config.method == "flow"
    stages = 1 if flow or config.solver.adjoint == "backsolve" else memory_budget.STAGES[config.solver.runge_kutta]
    width = config.model.dim * sum(multiplier / 4**level for level, multiplier in enumerate(config.model.dim_mults))
    evaluation = _OF_WIDTH * width * (_OF_ATTENTION if config.model.attention else 1)
    side, pixels = config.data.state_size, together * config.data.batch * config.data.state_size**2
    iteration = int(_RESERVE * pixels * (stages * evaluation + (0 if flow else _OF_FEATURES)))
    solved = config.data.exemplar_size if config.kind == "svbrdf" and config.rollout.evaluate_every else side
    return _COMPILING + max(iteration, memory_budget.solve_bytes(material, config.solver.solver_config, (solved, solved)))


def check_training_memory(config: TrainConfig, together: int = 1) -> None:
    """Raise TrainingError, with the largest states that fit, where a training would take more memory than is free."""
    needed, free = training_bytes(config, together), memory_budget.free_device_bytes()
    if needed <= free:
        return
    step = config.architecture.downsampling
    fitting = range(config.data.state_size // step * step, _LEAST_SIDE - 1, -step)
    side = next((s for s in fitting if training_bytes(config.replace(state_size=s), together) <= free), None)
    advice = "a smaller network or exemplar takes less" if side is None else f"states of {side}x{side} fit"
    own = config.data.state_size
    what = f"Training {together} together" if together > 1 else "Training"
    raise TrainingError(
        f"{what} on states of {own}x{own} takes about {needed / 1e9:.1f} GB, but this machine has "
        f"{free / 1e9:.1f} GB free; {advice}.",
        code="memory",
    )
