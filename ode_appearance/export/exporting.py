"""From a request to a file: checked, estimated, solved, written, or left alone."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from jaxtyping import Array

from ..config.schema import Light, SolverConfig, Surface
from ..errors import RequestError
from ..media.encoders import save_animation, save_still
from ..models.material import Material
from ..ode.solve import solve_stream
from ..ode.trajectory import TrajectoryCache
from ..rendering.aov import LIT
from ..rendering.render import FLAT, lights_of
from ..runtime.atomic_io import write_atomically
from .aged import aged_frames, listeners
from .archive import write_frames
from .checking import check_export, written_size
from .export_config import ExportConfig
from .export_job import Job, StoppedError, states_in_order
from .map_set import write_maps
from .page_export import write_page
from .painted import check_aging
from .size_estimate import estimate_bytes
from .states_npz import write_states


def export(
    material: Material,
    path: str | Path,
    config: ExportConfig = ExportConfig(),
    *,
    times: Sequence[float] | np.ndarray,
    seed: int = 0,
    size: tuple[int, int] = (128, 128),
    light: Light | Sequence[Light] | None = None,
    exposure: float = 0.0,
    age: Array | np.ndarray | None = None,
    keyframes: Sequence[float] | np.ndarray | None = None,
    tiles: tuple[int, int] = (1, 1),
    surface: Surface = FLAT,
    channel: str = LIT,
    solver: SolverConfig | None = None,
    view: dict[str, Any] | None = None,
    cache: TrajectoryCache | None = None,
    progress: Callable[[float], object] = lambda share: None,
    stop: Callable[[], bool] = lambda: False,
) -> Path | None:
    """Write what `oa.render` shows, or what `oa.decode` finds, of a material at model times to one file.

    `material`, `times`, `seed`, `size` (width, height), `solver` and `cache` are those of `oa.solve`; `light`, `exposure`,
    `tiles`, `surface` and `channel` those of `oa.render`, for pictures. `age` (height, width) is the model time that each
    place is ahead; pictures and maps are then blended between `keyframes`, model times that reach from the first frame to the
    last at least: those of the viewer, for the pictures that it shows, or, not given, times close to each other over all that
    the ages reach. `view` is what a web page shows at first: its time, channel and so on (`ViewState` in
    web/scripts/types.d.ts).

    The states are used as they are solved and are not kept, those of a GIF or WebP as 8-bit frames; with ages, the maps of as
    many keyframes as the ages reach over. `progress` hears the share in [0, 1] that is done, in ascending order; `stop` is
    asked between frames and while it is solved.

    Returns the path, or None where it was stopped. The file appears, or is replaced, when all of it is written, and not
    otherwise. Raises RequestError for what is not possible: before anything is solved where that can be known then.
    """
    path = Path(path)
    look = {"exposure": exposure, "tiles": tiles, "surface": surface, "channel": channel}
    wanted = check_export(material.config, path, config, times, size, **look)
    aging = check_aging(material.config, config, age, keyframes, wanted, size, channel)
    solved = wanted if aging is None else aging.keyframes
    chunks = solve_stream(material, seed=seed, size=size, times=solved, solver=solver, stop=stop, cache=cache)
    if aging is None:
        frames = states_in_order(material, chunks, solved, progress, stop)
    else:
        solving, drawing = listeners(progress, 2)
        states = states_in_order(material, chunks, solved, solving, stop)
        frames = aged_frames(material, states, aging, wanted, drawing, stop)
    lights, ages = lights_of(material.config, light), None if aging is None else aging.ages
    job = Job(material, config, seed, (size[0], size[1]), wanted, lights, **look, ages=ages, frames=frames, view=view or {})
    try:
        written = written_size(config, size, tiles, surface)
        _check_space(path, estimate_bytes(material.config, config, size=written, frames=len(wanted), times=wanted))
        write_atomically(path, lambda file: _write(job, file))
    except StoppedError:
        return None
    except OSError as error:
        raise RequestError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def _check_space(path, needed):
    free = shutil.disk_usage(path.parent).free
    if needed > free:
        raise RequestError(f"The export needs about {needed / 1e6:.0f} MB, but {path.parent} has {free / 1e6:.0f} MB free.")


def _write(job: Job, file: BinaryIO) -> None:
    match job.config.format:
        case "png":
            for frame in job.pictures():
                save_still(frame, file)
        case "frames":
            write_frames(job, file)
        case "maps":
            write_maps(job, file)
        case "states":
            write_states(job, file)
        case "page":
            write_page(job, file)
        case animated:
            save_animation(job.pictures(), file, animated, 1 / job.config.fps)
