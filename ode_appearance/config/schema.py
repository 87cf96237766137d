"""The library's config dataclasses: fields with default, help text and bounds.

The command line's help, the checks of a checkpoint's `config.json` and the app's fields are generated from these metadata
(`option`), so that each default is defined once. Published values are those of Liu and Ritschel, "Neural
Differential Appearance Equations", ACM TOG 43(6), 2024.
"""

import dataclasses
import math
from typing import Any, Literal

FORMAT_VERSION = 1

Kind = Literal["rgb", "svbrdf"]
BrdfName = Literal[
    "diffuse_cook_torrance",
    "diffuse_iso_cook_torrance",
    "compl_cook_torrance",
    "compl_iso_cook_torrance",
    "cook_torrance",
    "iso_cook_torrance",
]
Boundary = Literal["published", "periodic"]
Method = Literal["heun", "tsit5", "bosh3", "rkc", "euler"]
LightKind = Literal["point", "directional"]
StartKind = Literal["noise", "stitched"]
SurfaceKind = Literal["flat", "sphere", "cylinder"]

WHITE = (1.0, 1.0, 1.0)


def option(default: Any, help: str, *, minimum: float = -math.inf, maximum: float = math.inf, later: bool = False) -> Any:
    """A dataclass field with a help text.

    Args:
        minimum, maximum: inclusive bounds of a number.
        later: the field was added after format 1; it is omitted from JSON when it has its default, so that old files stay
            byte-identical.
    """
    return dataclasses.field(default=default, metadata={"help": help, "minimum": minimum, "maximum": maximum, "later": later})


def record(help: str) -> Any:
    """A dataclass field for a free record, excluded from the hash."""
    return dataclasses.field(default_factory=dict, hash=False, metadata={"help": help})


@dataclasses.dataclass(frozen=True)
class Attention:
    """Linear attention of the vector field."""

    heads: int = option(4, "attention heads", minimum=1, maximum=64)
    head_dim: int = option(8, "channels of a head", minimum=1, maximum=256)


@dataclasses.dataclass(frozen=True)
class Architecture:
    """The U-Net f(t, z). The defaults are the published RGB network (563,916 parameters)."""

    channels: int = option(12, "state channels: the visible ones plus 9 hidden ones", minimum=1, maximum=256)
    dim: int = option(32, "width of the U-Net's first level (a multiple of 4)", minimum=4, maximum=1024)
    dim_mults: tuple[int, ...] = option((1, 2, 4), "width of each level as a multiple of dim", minimum=1, maximum=64)
    attention: Attention | None = option(Attention(), "linear attention after each block, or none")
    resampling: Boundary = option("published", "border of the up- and downsampling: clamped as published, or periodic")

    @property
    def downsampling(self) -> int:
        """Width and height of a state are multiples of this factor."""
        return 2 ** (len(self.dim_mults) - 1)


@dataclasses.dataclass(frozen=True)
class Times:
    """Model time: the warm-up is [-warmup, 0], the exemplar's span [0, duration]."""

    warmup: float = option(1.0, "length of the warm-up from noise to the first frame", minimum=1e-3, maximum=1e4)
    duration: float = option(5.0, "length of the exemplar's span", minimum=1e-3, maximum=1e4)
    frame_interval: float = option(0.05, "time between frames of the exemplar", minimum=1e-6, maximum=1e4)
    frames: int = option(100, "number of frames of the exemplar", minimum=1, maximum=100_000)


@dataclasses.dataclass(frozen=True)
class SolverConfig:
    """How the ODE is integrated. The defaults are the published ones (Heun under an I-controller).

    Example:
        >>> import ode_appearance as oa
        >>> accurate = oa.SolverConfig("tsit5", rtol=1e-4, atol=1e-4)
        >>> oa.solve(oa.load("rusting_steel"), size=(32, 32), times=[0.0], solver=accurate).status
        'complete'
    """

    method: Method = option("heun", "Runge-Kutta method")
    rtol: float = option(1e-2, "relative tolerance of the step size control", minimum=1e-9, maximum=1.0)
    atol: float = option(1e-2, "absolute tolerance of the step size control", minimum=1e-9, maximum=1.0)
    step: float | None = option(
        None, "fixed step instead of the tolerances (default of euler: 0.01)", minimum=1e-4, maximum=10.0
    )
    max_steps: int = option(4096, "maximum of attempted steps of a solve", minimum=1, maximum=10_000_000)

    @property
    def fixed_step(self) -> float | None:
        """The fixed step, or None for step size control. Euler has no error estimate, so its step is always fixed."""
        return 0.01 if self.step is None and self.method == "euler" else self.step


@dataclasses.dataclass(frozen=True)
class Light:
    """A point light at (x, y, height), or a directional light from the direction of that point.

    The lit plane spans [-w, w], w = tan(fov/2) distance (0.466 by default). A point light's power falls with the square of the
    distance; a directional light has everywhere the power of a point light at distance 1.

    Example:
        >>> import ode_appearance as oa
        >>> key = oa.Light(0.3, 0.2, log_intensity=0.5)
        >>> sun = oa.Light(1.0, 0.0, kind="directional", height=0.5, colour=(1.0, 0.9, 0.7))
        >>> material = oa.load("rusting_steel")
        >>> trajectory = oa.solve(material, size=(32, 32), times=[0.0])
        >>> oa.render(material, trajectory, light=[key, sun]).shape
        (3, 32, 32)
    """

    x: float = option(0.0, "light position to the right", minimum=-100.0, maximum=100.0)
    y: float = option(0.0, "light position upward", minimum=-100.0, maximum=100.0)
    log_intensity: float = option(0.0, "natural logarithm of the light's intensity", minimum=-20.0, maximum=20.0)
    kind: LightKind = option("point", "point or directional", later=True)
    height: float = option(1.0, "height above the plane as a share of the camera's", minimum=1e-3, maximum=100.0, later=True)
    colour: tuple[float, float, float] = option(
        WHITE, "factors of linear red, green and blue", minimum=0.0, maximum=1.0, later=True
    )
    orbit: float = option(
        0.0, "turns per second about the plane's centre, in animations", minimum=0.0, maximum=25.0, later=True
    )


@dataclasses.dataclass(frozen=True)
class Surface:
    """The surface of a material: the lit plane, or a solid that touches it from behind.

    Example:
        >>> import ode_appearance as oa
        >>> material = oa.load("rusting_steel")
        >>> trajectory = oa.solve(material, size=(32, 32), times=[0.0])
        >>> oa.render(material, trajectory, surface=oa.Surface("sphere", turn=(0.5, 0.0)), tiles=(2, 1)).shape
        (3, 64, 64)
    """

    kind: SurfaceKind = option("flat", "flat, or a solid: sphere or cylinder")
    turn: tuple[float, float] = option(
        (0.0, 0.0),
        "rotation of a solid in radians, about its upward axis, and of a sphere then toward the eye",
        minimum=-1e3,
        maximum=1e3,
    )


@dataclasses.dataclass(frozen=True)
class Camera:
    """The camera above the plane z = 0, at (0, 0, distance)."""

    fov: float = option(50.0, "field of view in degrees", minimum=1.0, maximum=170.0)
    distance: float = option(
        1.0, "height of the camera, and of a light of height 1, above the plane", minimum=1e-2, maximum=1e3
    )

    @property
    def half_width(self) -> float:
        """w = tan(fov/2) distance: half the extent of the lit plane."""
        return math.tan(math.radians(self.fov) / 2) * self.distance


@dataclasses.dataclass(frozen=True)
class Exemplar:
    """Source of a material."""

    name: str = option("", "name of the exemplar")
    credit: str = option("", "author and source")
    license: str = option("", "its licence, as an SPDX identifier")
    real_duration: str = option("", "duration in reality, as a label")


@dataclasses.dataclass(frozen=True)
class MaterialConfig:
    """The content of a checkpoint's `config.json`.

    Example:
        >>> import ode_appearance as oa
        >>> config = oa.load("rusting_steel").config
        >>> config.kind, config.architecture.channels, config.times.warmup
        ('rgb', 24, 1.0)
    """

    name: str = option("material", "name of the material")
    kind: Kind = option("rgb", "RGB texture or SVBRDF")
    brdf: BrdfName | None = option(None, "BRDF model of an SVBRDF")
    architecture: Architecture = option(Architecture(), "the vector field")
    times: Times = option(Times(), "model times")
    solver: SolverConfig = option(SolverConfig(), "default solver of the material")
    normals: Boundary = option("published", "border of the height-to-normal step: edge padding as published, or periodic")
    light: Light = option(Light(), "light of the capture and the training")
    camera: Camera = option(Camera(), "camera of the capture and the training")
    exemplar: Exemplar = option(Exemplar(), "source of the material")
    training: dict[str, Any] = record("training record")
    measures: dict[str, Any] = record("measures of the distance to the exemplar")
    format: int = option(FORMAT_VERSION, "version of the checkpoint format", minimum=1, maximum=FORMAT_VERSION)
    start: StartKind = option(
        "noise", "start of a solve: noise at -warmup, or a state stitched from the exemplar at time 0", later=True
    )
    start_size: tuple[int, int] | None = option(
        None, "width and height of the stored state of the exemplar at time 0", minimum=32, maximum=1024, later=True
    )

    @property
    def first_time(self) -> float:
        """Model time at which a solve starts: -warmup from noise, 0 from a stitched state."""
        return 0.0 if self.start == "stitched" else -self.times.warmup
