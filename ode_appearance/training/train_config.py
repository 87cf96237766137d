"""Every default of training, as published, and the presets that depart from it."""

import dataclasses
from typing import Literal

from ..config.schema import Architecture, Attention, Boundary, BrdfName, Kind, SolverConfig, option
from ..errors import ConfigError
from ..perceptual.features import FeatureName
from ..shading.brdf import BRDF_MODELS

Adjoint = Literal["recursive_checkpoint", "backsolve"]
Loss = Literal["sliced_wasserstein", "gram"]
PRESETS = ("paper", "standard", "quick", "flow")
RGB_ONLY = ("flow",)
"""Those of them that are for RGB textures alone."""
HIDDEN_CHANNELS = 9
"""Of the published networks."""
CHANGEABLE = ("iterations", "learning_rate", "most_skipped")
"""Fields that may be others where a run goes on."""


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """How a material is trained. The defaults are the published numbers for RGB textures; see `preset` for the others.

    Example:
        >>> import dataclasses
        >>> import ode_appearance as oa
        >>> config = dataclasses.replace(oa.preset("quick"), seed=1)
        >>> config.kind, config.method, config.seed
        ('rgb', 'texture', 1)
    """

    kind: Kind = option("rgb", "RGB texture or SVBRDF")
    brdf: BrdfName | None = option(None, "BRDF model of an SVBRDF")
    method: Literal["texture", "flow"] = option(
        "texture",
        "texture: integrate the ODE and compare textures, as published; flow: learn the velocity of an RGB exemplar's frames",
    )
    dim: int = option(32, "width of the U-Net's first level (a multiple of 4)", least=8, most=1024)
    dim_mults: tuple[int, ...] = option((1, 2, 4), "width of each level as a multiple of dim", least=1, most=64)
    hidden_channels: int = option(HIDDEN_CHANNELS, "channels of the state beside those that are seen", least=1, most=64)
    attention: Attention | None = option(Attention(), "linear attention after each block, or none")
    resampling: Boundary = option("published", "border of the up- and downsampling: published, or periodic to tile")
    normals: Boundary = option("published", "border of the height-to-normal step: published, or periodic to tile")

    iterations: int = option(50_000, "iterations in all", least=1, most=10_000_000)
    initialisation: int = option(
        0, "how many of them initialise an SVBRDF, flattened, by squared differences", least=0, most=10**7
    )
    cycle: int = option(6, "iterations from fresh noise to fresh noise", least=2, most=1000)
    initialisation_cycle: int = option(2, "the same during the initialisation", least=2, most=1000)
    state_size: int = option(128, "side of the states that are trained on", least=8, most=4096)
    exemplar_size: int = option(128, "side that the exemplar's frames are brought to", least=8, most=4096)
    crops: int = option(1, "places of an SVBRDF exemplar that each state is lit at and compared with", least=1, most=1024)
    initialisation_crops: int = option(
        1,
        "random choices of an SVBRDF exemplar's pixels that each state is compared with in the initialisation",
        least=1,
        most=1024,
    )
    batch: int = option(1, "states trained on side by side", least=1, most=256)

    loss: Loss = option("sliced_wasserstein", "distance between feature maps")
    features: FeatureName = option("auto", "feature maps: vgg19 as published, vgg16, patch, or the first that is there")
    directions: Literal["iteration", "crop"] = option(
        "iteration", "random directions of the sliced Wasserstein distance: drawn once an iteration, or anew for each crop"
    )
    target_precision: Literal["float32", "float16"] = option(
        "float32", "precision in which the feature maps of an RGB exemplar's frames are kept"
    )
    map_weights: tuple[float, ...] = option((1.0,) * 6, "weights of the picture and of each feature map, 0: left out", least=0)
    normalise_maps: bool = option(False, "divide each of these maps by its root mean square")
    normalise_over: Literal["frame", "exemplar"] = option(
        "frame",
        "where: in the frame compared with, or over ten of the exemplar, the picture itself then left alone",
    )
    overflow_weight: float = option(100.0, "weight of the penalty for values out of range", least=0, most=1e6)
    height_weight: float = option(1.0, "weight of the mean squared height in the initialisation", least=0, most=1e6)
    kinetic_weight: float = option(0.0, "weight of the kinetic energy regulariser", least=0, most=1e6)
    jacobian_weight: float = option(0.0, "weight of the Jacobian norm regulariser", least=0, most=1e6)

    runge_kutta: Literal["heun", "tsit5", "bosh3"] = option("heun", "Runge-Kutta method, in training and of the material")
    tolerance: float = option(1e-2, "relative and absolute tolerance of its step size control", least=1e-6, most=0.5)
    first_step: float = option(0.01, "first step of each segment", least=1e-4, most=10)
    coarsest_step: float = option(
        0.0, "fixed steps instead, each iteration's of a length between a quarter of this and this; 0: none", least=0, most=10
    )
    refining: float = option(
        0.0, "share of the iterations, the last ones, whose steps the tolerance controls all the same", least=0, most=1
    )
    adjoint: Adjoint = option("recursive_checkpoint", "how gradients pass through the solver")
    max_steps: int = option(4096, "attempted steps of one segment after which it is given up", least=8, most=65536)

    flow_pull: float = option(1.7, "flow: pull of a state back to the exemplar's, per model time", least=0, most=100)
    flow_noise: float = option(0.02, "flow: standard deviation of the noise added to states of the span", least=0, most=1)
    flow_warmups: int = option(1, "flow: samples of the warm-up in each batch; the others are of the span", least=0, most=255)
    flow_pool: int = option(32, "flow: states on their way through the span; a batch moves some", least=1, most=4096)
    flow_step: float = option(0.024, "flow: longest step of such a state, as a share of the span", least=1e-4, most=0.5)
    flow_smoothing: float = option(1.5, "flow: frames of the Gaussian that smooths the exemplar in time", least=0, most=20)

    learning_rate: float = option(5e-4, "learning rate: of Adam, or for flow of Muon", least=1e-7, most=1.0)
    plateau_factor: float = option(0.5, "factor of the learning rate on a plateau", least=0.01, most=1.0)
    plateau_patience: int = option(5, "evaluations without progress that make a plateau", least=1, most=1000)
    plateau_floor: float = option(1e-4, "least learning rate", least=0, most=1.0)
    annealing: float = option(
        0.0, "share of the iterations, the last ones, in which the learning rate falls to 0", least=0, most=1
    )
    averaging: float = option(
        0.0, "decay of the mean of the weights that the material is made of; 0: the last", least=0, most=0.9999
    )
    evaluate_every: int = option(
        500, "iterations from one evaluation on a whole rollout to the next; 0: none", least=0, most=10**6
    )
    evaluation: Literal["published", "repeatable"] = option(
        "published",
        "published: fresh noise, evenly spaced times, the texture distance alone; repeatable: the same noise each time, the "
        "frames' own times, with the overflow penalty",
    )
    evaluation_rollouts: int = option(3, "rollouts averaged by an evaluation", least=1, most=100)
    evaluation_frames: int = option(100, "frames of a rollout that are compared, at most", least=1, most=1000)
    most_skipped: int = option(
        20, "iterations in a row without a finite loss and gradient after which a run ends", least=1, most=10_000
    )
    seed: int = option(0, "seed of everything random", least=0, most=2**32 - 1)

    preview_every: int = option(500, "iterations from one preview to the next; 0: none", least=0, most=10**6)
    save_every: float = option(120.0, "seconds from one save to the next", least=0, most=10**6)

    @property
    def architecture(self) -> Architecture:
        """The vector field's architecture; the channels follow from the kind and the BRDF model."""
        seen = 3 if self.brdf is None else BRDF_MODELS[self.brdf].channels + 1
        return Architecture(seen + self.hidden_channels, self.dim, self.dim_mults, self.attention, self.resampling)

    @property
    def solver(self) -> SolverConfig:
        """The solver in training, and the one that the material is then to be solved with."""
        return SolverConfig(self.runge_kutta, self.tolerance, self.tolerance)


_SVBRDF = dict(
    kind="svbrdf",
    brdf="diffuse_cook_torrance",
    dim=64,
    dim_mults=(1, 2),
    attention=None,
    iterations=60_000,
    initialisation=20_000,
    exemplar_size=256,
    crops=32,
    initialisation_crops=32,
    evaluation_rollouts=1,
)
# The picture's own colours weigh more; the deepest map of VGG16 varies thirtyfold over an exemplar and teaches little.
_WITHOUT_DEEPEST = (4.0, 1.0, 1.0, 1.0, 1.0, 0.0)
# Where the presets of ours depart from the published training on purpose; the README says why.
_OURS = dict(directions="crop", evaluation="repeatable", target_precision="float16")
# What a GPU does in minutes and two CPU cores do overnight: the published network on a fifth of the schedule.
_STANDARD = dict(
    **_OURS,
    iterations=10_000,
    runge_kutta="bosh3",
    tolerance=3e-3,
    first_step=0.2,
    map_weights=_WITHOUT_DEEPEST,
    normalise_maps=True,
    evaluation_frames=20,
    evaluation_rollouts=1,
)
_STANDARD_SVBRDF = dict(initialisation=2_000, crops=4, initialisation_crops=1)
# A small network on states of 64x64: a quarter of the work, at the same scale of detail. Under a tolerance alone the steps of
# an SVBRDF grow fine as it learns, 40 to 170 a segment, and iterations slow tenfold; equal steps keep it from becoming stiff.
_QUICK = dict(
    **_OURS,
    dim=16,
    iterations=4_000,
    state_size=64,
    runge_kutta="bosh3",
    tolerance=3e-3,
    first_step=0.2,
    coarsest_step=0.4,
    refining=0.15,
    map_weights=_WITHOUT_DEEPEST,
    normalise_maps=True,
    learning_rate=1e-3,
    annealing=0.5,
    averaging=0.99,
    evaluation_frames=10,
    evaluation_rollouts=1,
    preview_every=200,
)
# Its span is twice as long as that of an RGB texture, and so are its steps.
_QUICK_SVBRDF = dict(dim=24, initialisation=400, exemplar_size=128, crops=2, initialisation_crops=1, coarsest_step=0.8)
# Fewer levels and no attention: what a place becomes is in its own code. More hidden channels: nine of them explain 56 % of the
# fine detail's history of changingcolor_leaves, 21 explain 93 %.
_FLOW = dict(
    method="flow",
    dim=32,
    dim_mults=(1, 2),
    hidden_channels=21,
    attention=None,
    iterations=8_000,
    state_size=64,
    batch=4,
    runge_kutta="bosh3",
    tolerance=3e-3,
    learning_rate=0.02,
    averaging=0.998,
    evaluate_every=0,
    preview_every=1_000,
)


def preset(name: str, kind: Kind = "rgb") -> TrainConfig:
    """`paper`: the published numbers. `standard`: the published network on a shorter schedule. `quick`: a small network
    for a CPU. `flow`: flow matching of an RGB texture, for a CPU. Raises ConfigError for another name or kind.

    Example:
        >>> import ode_appearance as oa
        >>> oa.preset("flow").method, oa.preset("paper", "svbrdf").brdf
        ('flow', 'diffuse_cook_torrance')
    """
    if name not in PRESETS:
        raise ConfigError(f"There is no preset {name!r}; there are {', '.join(PRESETS)}.")
    if name in RGB_ONLY and kind != "rgb":
        raise ConfigError("Flow matching is for RGB textures: choose another preset for an SVBRDF.")
    if name == "flow":
        return TrainConfig(**_FLOW)
    own = {"paper": ({}, {}), "standard": (_STANDARD, _STANDARD_SVBRDF), "quick": (_QUICK, _QUICK_SVBRDF)}[name]
    values = {**own[0]} if kind == "rgb" else {**_SVBRDF, **own[0], **own[1]}
    return TrainConfig(**values)
