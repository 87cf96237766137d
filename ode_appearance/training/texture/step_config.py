"""The options that a compiled texture step depends on: a training of other options elsewhere uses the same compiled step."""

import dataclasses

from ..option_groups import LossConfig, OptimiserConfig, TrainSolver
from ..train_config import TrainConfig


@dataclasses.dataclass(frozen=True)
class StepConfig:
    """The groups of options that a step is compiled for; any other value in them compiles it anew."""

    loss: LossConfig = LossConfig()
    solver: TrainSolver = TrainSolver()
    optimiser: OptimiserConfig = OptimiserConfig()


def step_config(config: TrainConfig, iteration: int) -> StepConfig:
    """The options of an iteration's step; in the last `refining` iterations the tolerance controls the step size."""
    refined = iteration >= (1 - config.schedule.refining) * config.schedule.iterations
    solver = dataclasses.replace(config.solver, coarsest_step=0.0) if refined else config.solver
    return StepConfig(config.loss, solver, config.optimiser)
