"""Groups of training options, by what uses them; `TrainConfig` nests them. The defaults are the published numbers."""

import dataclasses
from typing import Literal

from ..config.schema import Attention, Boundary, SolverConfig, option
from ..perceptual.features import FeatureName

Adjoint = Literal["recursive_checkpoint", "backsolve"]
Loss = Literal["sliced_wasserstein", "gram"]
HIDDEN_CHANNELS = 9
"""Hidden channels of the published networks."""


@dataclasses.dataclass(frozen=True)
class NetworkConfig:
    """The vector field's architecture and the boundaries."""

    dim: int = option(32, "width of the U-Net's first level (a multiple of 4)", minimum=8, maximum=1024)
    dim_mults: tuple[int, ...] = option((1, 2, 4), "width of each level as a multiple of dim", minimum=1, maximum=64)
    hidden_channels: int = option(HIDDEN_CHANNELS, "hidden channels of the state", minimum=1, maximum=64)
    attention: Attention | None = option(Attention(), "linear attention after each block, or none")
    resampling: Boundary = option("published", "border of the up- and downsampling: published, or periodic to tile")
    normals: Boundary = option("published", "border of the height-to-normal step: published, or periodic to tile")


@dataclasses.dataclass(frozen=True)
class DataConfig:
    """Contents of a batch: sizes of states and exemplar, and the feature maps of the exemplar's frames."""

    state_size: int = option(128, "side of the states in training", minimum=8, maximum=4096)
    exemplar_size: int = option(128, "side of the exemplar's frames, which are resized to it", minimum=8, maximum=4096)
    batch: int = option(1, "states in a batch", minimum=1, maximum=256)
    features: FeatureName = option("auto", "feature maps: vgg19 (published), vgg16, patch, or auto: the first one available")
    target_precision: Literal["float32", "float16"] = option(
        "float32", "precision of the cached feature maps of an RGB exemplar"
    )


@dataclasses.dataclass(frozen=True)
class ScheduleConfig:
    """Number of iterations and their phases."""

    iterations: int = option(50_000, "number of iterations", minimum=1, maximum=10_000_000)
    initialisation: int = option(
        0, "iterations that initialise an SVBRDF, with flat normals, by squared differences", minimum=0, maximum=10**7
    )
    cycle: int = option(6, "iterations of a cycle, which starts with fresh noise", minimum=2, maximum=1000)
    initialisation_cycle: int = option(2, "iterations of a cycle in the initialisation", minimum=2, maximum=1000)
    refining: float = option(
        0.0,
        "share of the iterations, at the end, in which the tolerance controls the steps in spite of coarsest_step",
        minimum=0,
        maximum=1,
    )
    most_skipped: int = option(
        20, "maximum of iterations in a row without a finite loss and gradient; then the run ends", minimum=1, maximum=10_000
    )


@dataclasses.dataclass(frozen=True)
class LossConfig:
    """The texture loss: crops, distance, weights and regularisers. A compiled step depends on every field."""

    crops: int = option(
        1, "random crops of an SVBRDF exemplar that each state is lit at and compared with", minimum=1, maximum=1024
    )
    initialisation_crops: int = option(
        1,
        "random sets of an SVBRDF exemplar's pixels that each state is compared with in the initialisation",
        minimum=1,
        maximum=1024,
    )
    loss: Loss = option("sliced_wasserstein", "distance between feature maps")
    directions: Literal["iteration", "crop"] = option(
        "iteration",
        "random directions of the sliced Wasserstein distance: the same for an iteration, or new ones for each crop",
    )
    map_weights: tuple[float, ...] = option(
        (1.0,) * 6, "weights of the picture and of each feature map; 0: not compared", minimum=0
    )
    normalise_maps: bool = option(False, "divide each map by its root mean square")
    normalise_over: Literal["frame", "exemplar"] = option(
        "frame",
        "root mean square of the compared frame, or over ten frames of the exemplar (without the picture itself)",
    )
    overflow_weight: float = option(100.0, "weight of the penalty on values out of range", minimum=0, maximum=1e6)
    height_weight: float = option(1.0, "weight of the mean squared height in the initialisation", minimum=0, maximum=1e6)
    kinetic_weight: float = option(0.0, "weight of the kinetic energy regulariser", minimum=0, maximum=1e6)
    jacobian_weight: float = option(0.0, "weight of the Jacobian norm regulariser", minimum=0, maximum=1e6)


@dataclasses.dataclass(frozen=True)
class TrainSolver:
    """The solver in training. A compiled step depends on every field."""

    runge_kutta: Literal["heun", "tsit5", "bosh3"] = option("heun", "Runge-Kutta method of the training and of the material")
    tolerance: float = option(1e-2, "relative and absolute tolerance of the step size control", minimum=1e-6, maximum=0.5)
    first_step: float = option(0.01, "first step of each segment", minimum=1e-4, maximum=10)
    coarsest_step: float = option(
        0.0,
        "fixed steps, with a random length between a quarter of this and this in each iteration; 0: none",
        minimum=0,
        maximum=10,
    )
    adjoint: Adjoint = option("recursive_checkpoint", "gradient method of the solver")
    max_steps: int = option(4096, "maximum of attempted steps of a segment", minimum=8, maximum=65536)

    @property
    def solver_config(self) -> SolverConfig:
        """The solver under tolerances: of training, and of the trained material."""
        return SolverConfig(self.runge_kutta, self.tolerance, self.tolerance)


@dataclasses.dataclass(frozen=True)
class FlowConfig:
    """Flow matching (`method="flow"`) only."""

    flow_pull: float = option(1.7, "flow: attraction of a state to the exemplar's, per model time", minimum=0, maximum=100)
    flow_noise: float = option(0.02, "flow: standard deviation of the noise added to states of the span", minimum=0, maximum=1)
    flow_warmups: int = option(1, "flow: samples of the warm-up in a batch; the others are of the span", minimum=0, maximum=255)
    flow_pool: int = option(32, "flow: states of the pool, which move through the span", minimum=1, maximum=4096)
    flow_step: float = option(0.024, "flow: maximum step of a pool state, as a share of the span", minimum=1e-4, maximum=0.5)
    flow_smoothing: float = option(
        1.5, "flow: standard deviation, in frames, of the Gaussian that smooths the exemplar in time", minimum=0, maximum=20
    )


@dataclasses.dataclass(frozen=True)
class OptimiserConfig:
    """Updates of the weights. A compiled step depends on every field."""

    averaging: float = option(
        0.0, "decay of the moving average of the weights for the material; 0: the last weights", minimum=0, maximum=0.9999
    )


@dataclasses.dataclass(frozen=True)
class RateConfig:
    """The learning rate, which each compiled step receives as an array."""

    learning_rate: float = option(5e-4, "learning rate of Adam, or for flow of Muon", minimum=1e-7, maximum=1.0)
    plateau_factor: float = option(0.5, "factor of the learning rate on a plateau", minimum=0.01, maximum=1.0)
    plateau_patience: int = option(5, "evaluations without improvement that make a plateau", minimum=1, maximum=1000)
    plateau_floor: float = option(1e-4, "minimum learning rate on plateaus", minimum=0, maximum=1.0)
    annealing: float = option(
        0.0, "share of the iterations, at the end, in which the learning rate falls to 0", minimum=0, maximum=1
    )


@dataclasses.dataclass(frozen=True)
class RolloutConfig:
    """Evaluations on whole rollouts, which control the learning rate."""

    evaluate_every: int = option(500, "iterations between evaluations on whole rollouts; 0: none", minimum=0, maximum=10**6)
    evaluation: Literal["published", "repeatable"] = option(
        "published",
        "published: fresh noise, evenly spaced times, the texture distance only; repeatable: the same noise each time, the "
        "times of the frames, with the overflow penalty",
    )
    evaluation_rollouts: int = option(3, "rollouts averaged by an evaluation", minimum=1, maximum=100)
    evaluation_frames: int = option(100, "maximum of compared frames of a rollout", minimum=1, maximum=1000)


@dataclasses.dataclass(frozen=True)
class SavingConfig:
    """Intervals of previews and saves."""

    preview_every: int = option(500, "iterations between previews; 0: none", minimum=0, maximum=10**6)
    save_every: float = option(120.0, "seconds between saves", minimum=0, maximum=10**6)
