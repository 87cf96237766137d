"""Estimate of a training's memory, to refuse a training that does not fit before it starts."""

from ..config.schema import MaterialConfig
from ..errors import TrainingError
from ..runtime import memory_budget
from .train_config import TrainConfig

_COMPILING = 1 << 28
_WIDTH_BYTES, _ATTENTION_FACTOR, _FEATURE_BYTES = 105, 1.2, 6000
"""Bytes per pixel and channel of an evaluation of f; factor of attention; bytes per pixel of the features.

XLA's CPU backend reports 19.5 (`quick`) and 33 kB (`standard`) per pixel for RGB textures, 20.4 and 45 kB for SVBRDFs, and
60 kB for RGB of twice the width; this estimate agrees to 4 %. Very wide attention is covered by the estimate of a solve."""
_RESERVE = 1.25
_MIN_SIDE = 32


def training_bytes(config: TrainConfig, together: int = 1) -> int:
    """Estimated peak memory of a training in bytes.

    The backward pass holds the layers of all stages of one step at once; backsolve and flow matching hold those of one
    evaluation, and flow matching needs no features. An SVBRDF is evaluated at the exemplar's size.

    Args:
        together: number of trainings in one stacked computation.
    """
    material = MaterialConfig("trained", config.kind, config.brdf, config.architecture)
    flow = config.method == "flow"
    stages = 1 if flow or config.solver.adjoint == "backsolve" else memory_budget.STAGES[config.solver.runge_kutta]
    width = config.model.dim * sum(multiplier / 4**level for level, multiplier in enumerate(config.model.dim_mults))
    evaluation = _WIDTH_BYTES * width * (_ATTENTION_FACTOR if config.model.attention else 1)
    side, pixels = config.data.state_size, together * config.data.batch * config.data.state_size**2
    iteration = int(_RESERVE * pixels * (stages * evaluation + (0 if flow else _FEATURE_BYTES)))
    solved = config.data.exemplar_size if config.kind == "svbrdf" and config.rollout.evaluate_every else side
    return _COMPILING + max(iteration, memory_budget.solve_bytes(material, config.solver.solver_config, (solved, solved)))


def check_training_memory(config: TrainConfig, together: int = 1) -> None:
    """Raise TrainingError (code "memory") with the largest states that fit, if a training needs more memory than is free."""
    needed, free = training_bytes(config, together), memory_budget.free_device_bytes()
    if needed <= free:
        return
    step = config.architecture.downsampling
    fitting = range(config.data.state_size // step * step, _MIN_SIDE - 1, -step)
    side = next((s for s in fitting if training_bytes(config.replace(state_size=s), together) <= free), None)
    advice = "a smaller network or exemplar takes less" if side is None else f"states of {side}x{side} fit"
    own = config.data.state_size
    what = f"Training {together} together" if together > 1 else "Training"
    raise TrainingError(
        f"{what} on states of {own}x{own} takes about {needed / 1e9:.1f} GB, but this machine has "
        f"{free / 1e9:.1f} GB free; {advice}.",
        code="memory",
    )
