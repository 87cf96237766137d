"""One export on its way: the states that it is made of, in the order of time, and the pictures of them."""

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
    """Somebody asked for the export to stop."""


class AgedFrame(NamedTuple):
    """A frame on which ages are painted."""

    maps: Maps
    heights: tuple[float, float] | None
    """The lowest and the highest place of the surface without them, where they are wanted."""


@dataclasses.dataclass(frozen=True)
class Job:
    """What an export is made of."""

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
    """Of each time its state, (channels, h, w), or where ages are painted its maps. They can be taken once."""
    view: dict[str, Any]
    """What a web page shows at first."""

    def maps(self) -> Iterator[Maps]:
        """What `oa.decode` finds at each time."""
        for frame in self.frames:
            if isinstance(frame, AgedFrame):
                yield frame.maps
            else:
                yield {name: np.asarray(values) for name, values in decode(self.material, frame).items()}

    def pictures(self) -> Iterator[UInt8[np.ndarray, "h w 3"]]:
        """What `oa.render` shows at each time, as 8-bit frames; lights that orbit go on from one to the next."""
        config = self.material.config
        look = {"exposure": self.exposure, "tiles": self.tiles, "surface": self.surface, "channel": self.channel}
        for number, frame in enumerate(self.frames):
            lights = orbited(self.lights, number / self.config.fps, config.camera)
            if isinstance(frame, AgedFrame):
                picture = light_maps(config, frame.maps, lights, **look, heights=frame.heights)
            else:
                picture = render(self.material, frame, light=lights, **look)
            yield to_bytes(picture)


def states_in_order(
    material: Material,
    chunks: Iterator[Trajectory],
    times: Sequence[float] | Float[np.ndarray, " n"],
    progress: Callable[[float], object],
    stop: Callable[[], bool],
) -> Iterator[np.ndarray]:
    """The states of `times` (ascending) out of the chunks of a solve, each as soon as it and all before it are there.

    `progress` hears, in ascending order, which share in [0, 1] of the whole is done: of the model time that has to be
    solved, or of the states that were taken and used. Raises StoppedError where `stop()` said so or the solve was stopped, and
    RequestError where it ended early.
    """
    waiting: dict[float, np.ndarray] = {}
    done, share = 0, 0.0
    begin = material.config.first_time
    # Where only the noise itself is asked for, there is nothing to solve.
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
                f"before {float(times[-1]):g}."
            )


def file_name(material: Material) -> str:
    """The material's name with nothing in it that a file's name should not have."""
    return re.sub(r"\W+", "_", material.name)
