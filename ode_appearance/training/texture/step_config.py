"""The options that a compiled texture step depends on; all other options share one compiled step."""

import dataclasses

from ..option_groups import LossConfig, OptimiserConfig, TrainSolver
from ..train_config import TrainConfig


@dataclasses.dataclass(frozen=True)
class StepConfig:
    """The groups of options in the key of a compiled step; a change of any of their fields compiles a new step."""

    loss: LossConfig = LossConfig()
    solver: TrainSolver = TrainSolver()
    optimiser: OptimiserConfig = OptimiserConfig()


def step_config(config: TrainConfig, iteration: int) -> StepConfig:
    """The options of an iteration's step; in the last `refining` iterations the tolerance controls the step size."""
    refined = iteration >= (1 - config.schedule.refining) * config.schedule.iterations
    solver = dataclasses.replace(config.solver, coarsest_step=0.0) if refined else config.solver
    return StepConfig(config.loss, solver, config.optimiser)
