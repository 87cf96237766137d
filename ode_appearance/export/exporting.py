"""From a request to a file: checked, estimated, solved, written, or left alone."""

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from ..atomic import write_atomically
from ..config import Light, MaterialConfig, SolverConfig
from ..errors import RequestError
from ..images import pad_to_even, save_animation, save_still
from ..limits import check_size, check_times
from ..material import Material
from ..solve import solve_stream
from ..trajectory import TrajectoryCache
from .archive import write_frames
from .config import SUFFIXES, ExportConfig
from .estimate import estimate_bytes
from .job import Job, StoppedError, states_in_order
from .mapset import write_maps
from .states import write_states

LONGEST_SIDES = {"gif": 65535, "webp": 16383, "mp4": 16384}
# Browsers show what is meant to be faster ten times slower.
FASTEST = {"gif": 50.0}


def export(
    material: Material,
    path: str | Path,
    config: ExportConfig = ExportConfig(),
    *,
    times: Sequence[float] | np.ndarray,
    seed: int = 0,
    size: tuple[int, int] = (128, 128),
    light: Light | None = None,
    solver: SolverConfig | None = None,
    cache: TrajectoryCache | None = None,
    progress: Callable[[float], object] = lambda share: None,
    stop: Callable[[], bool] = lambda: False,
) -> Path | None:
    """Write what `oa.render` shows, or what `oa.decode` finds, of a material at model times to one file.

    `material`, `times`, `seed`, `size` (width, height), `solver` and `cache` are those of `oa.solve`, `light` that of
    `oa.render`. The states are used as they are solved and are not kept, those of a GIF or WebP as 8-bit frames. `progress`
    hears the share in [0, 1] that is done, in ascending order; `stop` is asked between frames and while it is solved.

    Returns the path, or None where it was stopped. The file appears, or is replaced, when all of it is written, and not
    otherwise. Raises RequestError for what is not possible: before anything is solved where that can be known then.
    """
    path = Path(path)
    wanted = check_export(material.config, path, config, times, size)
    chunks = solve_stream(material, seed=seed, size=size, times=wanted, solver=solver, stop=stop, cache=cache)
    states = states_in_order(material, chunks, wanted, progress, stop)
    light = material.config.light if light is None else light
    job = Job(material, config, seed, (size[0], size[1]), wanted, light, states)
    try:
        _check_space(path, estimate_bytes(material.config, config, size=size, frames=len(wanted)))
        write_atomically(path, lambda file: _write(job, file))
    except StoppedError:
        return None
    except OSError as error:
        raise RequestError(f"{path} cannot be written: {error.strerror or error}.") from error
    return path


def check_export(
    material: MaterialConfig, path: Path, config: ExportConfig, times: Sequence[float] | np.ndarray, size: tuple[int, int]
) -> np.ndarray:
    """The times ascending, each once; raises RequestError for what no export can give."""
    wanted, size = check_times(material, times), check_size(material, size)
    suffix = SUFFIXES[config.format]
    if path.suffix.lower() != suffix:
        raise RequestError(f"A file of format {config.format} ends in {suffix}; {path.name!r} does not.")
    if not path.parent.is_dir():
        raise RequestError(f"There is no folder {path.parent} to write to.")
    if config.format == "png" and len(wanted) > 1:
        raise RequestError(f"A png is one picture, but {len(wanted)} times were given; frames is the format for more.")
    longest = LONGEST_SIDES.get(config.format, max(size))
    if max(size) > longest:
        raise RequestError(f"A {config.format} file has at most {longest} pixels a side, not {max(size)}.")
    fastest = FASTEST.get(config.format, config.fps)
    if config.fps > fastest:
        raise RequestError(f"A {config.format} file shows at most {fastest:g} frames per second, not {config.fps:g}.")
    return wanted


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
        case "mp4":
            save_animation(map(pad_to_even, job.pictures()), file, "mp4", 1 / job.config.fps)
        case animated:
            save_animation(job.pictures(), file, animated, 1 / job.config.fps)
