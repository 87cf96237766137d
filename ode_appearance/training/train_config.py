"""The training options, their groups, and the presets. The defaults are the published numbers."""

import dataclasses
from typing import Any, ClassVar, Literal

from ..config.option_groups import group, replace_options
from ..config.schema import Architecture, BrdfName, Kind, option
from ..errors import ConfigError
from ..shading.brdf import BRDF_MODELS
from .option_groups import (
    DataConfig,
    FlowConfig,
    LossConfig,
    NetworkConfig,
    OptimiserConfig,
    RateConfig,
    RolloutConfig,
    SavingConfig,
    ScheduleConfig,
    TrainSolver,
)

PRESETS = ("paper", "standard", "quick", "flow")
RGB_ONLY = ("flow",)
"""Presets for RGB textures only."""
CHANGEABLE = ("iterations", "learning_rate", "most_skipped")
"""Options that may change when a run is resumed."""


@dataclasses.dataclass(frozen=True)
class TrainConfig:
    """How a material is trained: options in groups by what uses them, each explained by its help text.

    The command line, the training form and stored files name the options without their groups, and so does `replace`.
    The defaults are the published numbers for RGB textures; see `preset` for others.

    Example:
        >>> import ode_appearance as oa
        >>> config = oa.preset("quick").replace(seed=1)
        >>> config.kind, config.method, config.seed
        ('rgb', 'texture', 1)
    """

    kind: Kind = option("rgb", "RGB texture or SVBRDF")
    brdf: BrdfName | None = option(None, "BRDF model of an SVBRDF")
    method: Literal["texture", "flow"] = option(
        "texture",
        "texture: integrate the ODE and compare textures, as published; flow: flow matching of an RGB exemplar's frames",
    )
    seed: int = option(0, "seed of all random numbers", minimum=0, maximum=2**32 - 1)
    model: NetworkConfig = group(NetworkConfig)
    data: DataConfig = group(DataConfig)
    schedule: ScheduleConfig = group(ScheduleConfig)
    loss: LossConfig = group(LossConfig)
    solver: TrainSolver = group(TrainSolver)
    flow: FlowConfig = group(FlowConfig)
    optimiser: OptimiserConfig = group(OptimiserConfig)
    rate: RateConfig = group(RateConfig)
    rollout: RolloutConfig = group(RolloutConfig)
    saving: SavingConfig = group(SavingConfig)

    OPTION_ORDER: ClassVar[tuple[str, ...]] = (
        *"kind brdf method dim dim_mults hidden_channels attention resampling normals iterations".split(),
        *"initialisation cycle initialisation_cycle state_size exemplar_size crops initialisation_crops batch".split(),
        *"loss features directions target_precision map_weights normalise_maps normalise_over overflow_weight".split(),
        *"height_weight kinetic_weight jacobian_weight runge_kutta tolerance first_step coarsest_step refining".split(),
        *"adjoint max_steps flow_pull flow_noise flow_warmups flow_pool flow_step flow_smoothing learning_rate".split(),
        *"plateau_factor plateau_patience plateau_floor annealing averaging evaluate_every evaluation".split(),
        *"evaluation_rollouts evaluation_frames most_skipped seed preview_every save_every".split(),
    )
    """Order of the options in files, help and form; options that are not listed come last."""

    def replace(self, **options: Any) -> "TrainConfig":
        """A copy with other values of some options, named without their groups, such as `iterations=100`.

        Raises:
            ConfigError: there is no option of that name (code "unknown-option"); the message has the closest one.
        """
        return replace_options(self, options)

    @property
    def architecture(self) -> Architecture:
        """The vector field's architecture; the channels follow from the kind and the BRDF model."""
        visible = 3 if self.brdf is None else BRDF_MODELS[self.brdf].channels + 1
        model = self.model
        return Architecture(visible + model.hidden_channels, model.dim, model.dim_mults, model.attention, model.resampling)


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
# The picture itself weighs more; the deepest map of VGG16 varies by a factor of thirty over an exemplar and adds little.
_WITHOUT_DEEPEST = (4.0, 1.0, 1.0, 1.0, 1.0, 0.0)
# Deliberate differences of our presets from the published training; README.md has the reasons.
_OURS = dict(directions="crop", evaluation="repeatable", target_precision="float16")
# The published network on a fifth of the schedule: minutes on a GPU, a night on two CPU cores.
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
# A small network on states of 64x64: a quarter of the work, at the same scale of detail. Steps controlled by the tolerance only
# become finer while an SVBRDF is learnt (40 to 170 a segment, iterations ten times slower); fixed steps prevent stiffness.
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
# The span is twice as long as that of an RGB texture, and so are the steps.
_QUICK_SVBRDF = dict(dim=24, initialisation=400, exemplar_size=128, crops=2, initialisation_crops=1, coarsest_step=0.8)
# Fewer levels and no attention, since the code of each place determines its future. Of the fine detail's history of
# changingcolor_leaves, 9 hidden channels explain 56 %, 21 explain 93 %.
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


def preset(name: str, kind: Kind = "rgb", **options: Any) -> TrainConfig:
    """The options of a preset.

    Args:
        name: `paper`: the published numbers. `standard`: the published network on a shorter schedule. `quick`: a small
            network for a CPU. `flow`: flow matching of an RGB texture, for a CPU.
        kind: RGB texture or SVBRDF.
        options: other values than the preset's, as in `TrainConfig.replace`.

    Raises:
        ConfigError: there is no such preset or option, or the preset is for RGB textures only.

    Example:
        >>> import ode_appearance as oa
        >>> oa.preset("flow").method, oa.preset("paper", "svbrdf").brdf
        ('flow', 'diffuse_cook_torrance')
    """
    if name not in PRESETS:
        raise ConfigError(f"There is no preset {name!r}; choose one of {', '.join(PRESETS)}.", code="unknown-preset")
    if name in RGB_ONLY and kind != "rgb":
        raise ConfigError("Flow matching is for RGB textures: choose another preset for an SVBRDF.", code="flow-kind")
    if name == "flow":
        return TrainConfig().replace(**{**_FLOW, **options})
    own = {"paper": ({}, {}), "standard": (_STANDARD, _STANDARD_SVBRDF), "quick": (_QUICK, _QUICK_SVBRDF)}[name]
    values = {**own[0]} if kind == "rgb" else {**_SVBRDF, **own[0], **own[1]}
    return TrainConfig().replace(**{**values, **options})
