"""An export in progress: its states in ascending time, and their images."""

import dataclasses
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
from jaxtyping import Float, UInt8

from ..config.schema import Light, Surface
from ..errors import RequestError
from ..media.encoders import to_bytes
from ..models.material import Material, decode
from ..ode.trajectory import Trajectory
from ..rendering.age_map import Ages, Maps
from ..rendering.render import light_maps, render
from ..shading.lights import orbited
from .export_config import ExportConfig


class StoppedError(Exception):
    """The export was stopped by the caller."""


class AgedFrame(NamedTuple):
    """Maps of a frame with painted ages."""

    maps: Maps
    heights: tuple[float, float] | None
    """Lowest and highest point of the surface without ages, where required."""


@dataclasses.dataclass(frozen=True)
class ExportJob:
    """The contents of an export."""

    material: Material
    config: ExportConfig
    seed: int
    size: tuple[int, int]
    times: Float[np.ndarray, " n"]
    lights: tuple[Light, ...]
    exposure: float
    tiles: tuple[int, int]
    surface: Surface
    channel: str
    ages: Ages | None
    frames: Iterator[np.ndarray] | Iterator[AgedFrame]
    """State (channels, h, w) of each time, or its maps where ages are painted; can be iterated once."""
    view: dict[str, Any]
    """Initial view state of a web page."""

    def maps(self) -> Iterator[Maps]:
        """The maps of each time, as `oa.decode` gives them."""
        for frame in self.frames:
            if isinstance(frame, AgedFrame):
                yield frame.maps
            else:
                yield {name: np.asarray(values) for name, values in decode(self.material, frame).items()}

    def pictures(self) -> Iterator[UInt8[np.ndarray, "h w 3"]]:
        """The image of each time, as `oa.render` gives it, in 8 bits; orbiting lights continue from frame to frame."""
        config = self.material.config
        look = {"exposure": self.exposure, "tiles": self.tiles, "surface": self.surface, "channel": self.channel}
        for number, frame in enumerate(self.frames):
            lights = orbited(self.lights, number / self.config.fps, config.camera)
            if isinstance(frame, AgedFrame):
                picture = light_maps(config, frame.maps, lights, **look, heights=frame.heights)
            else:
                picture = render(self.material, frame, light=lights, **look)
            yield to_bytes(picture)


def stream_states(
    material: Material,
    chunks: Iterator[Trajectory],
    times: Sequence[float] | Float[np.ndarray, " n"],
    progress: Callable[[float], object],
    stop: Callable[[], bool],
) -> Iterator[np.ndarray]:
    """Yield the states of ascending times from the chunks of a solve, each as soon as it and all earlier ones are available.

    Args:
        material: The material.
        chunks: The solve.
        times: Model times, ascending.
        progress: Gets the share of completed work in [0, 1], ascending: of solved model time, or of consumed states.
        stop: Polled before each state.

    Raises:
        StoppedError: Where `stop()` is true or the solve was stopped.
        RequestError: Where the solve ends early; code "solve-ended".
    """
    waiting: dict[float, np.ndarray] = {}
    done, share = 0, 0.0
    begin = material.config.first_time
    # The noise alone needs no solve.
    span = max(float(times[-1]) - begin, 1e-9)
    for chunk in chunks:
        waiting.update(zip(chunk.times.tolist(), chunk.states, strict=True))
        while done < len(times) and float(times[done]) in waiting:
            if stop():
                raise StoppedError
            yield waiting.pop(float(times[done]))
            done += 1
            share = max(share, done / len(times))
            progress(share)
        share = max(share, min(1.0, (chunk.stats["time"] - begin) / span) if chunk.status == "running" else share)
        progress(share)
        if chunk.status == "stopped":
            raise StoppedError
        if chunk.status not in ("running", "complete"):
            raise RequestError(
                f"Nothing was written: the solve ended early ({chunk.status}) at time {chunk.stats['time']:.3f}, "
                f"before {float(times[-1]):g}.",
                code="solve-ended",
            )


def file_stem(material: Material) -> str:
    """The material's name as a file name without special characters."""
    return re.sub(r"\W+", "_", material.name)
