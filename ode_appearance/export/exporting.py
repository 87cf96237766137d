"""From an export request to a file: checked, estimated, solved and written."""

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
from .age_keyframes import check_age_keyframes
from .aged_frames import aged_frames, split_progress
from .export_checks import check_export, written_size
from .export_config import ExportConfig
from .export_job import ExportJob, StoppedError, stream_states
from .map_set import write_maps
from .page_export import write_page
from .size_estimate import estimate_bytes
from .states_npz import write_states
from .zip_frames import write_frames_zip


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
    """Export a material at model times to one file.

    States are used as they are solved and not kept, except for a GIF or WebP (as 8-bit frames) and painted ages (the maps of as
    many keyframes as the ages reach over). The file appears, or is replaced, when it is complete.

    Args:
        material: The material.
        path: The file; its suffix matches the format.
        config: Format and encoding.
        times: Model times; each is written once, in ascending order.
        seed: Seed of the noise.
        size: (width, height) of the states in pixels.
        light: As of `oa.render`, for images; default: the capture light.
        exposure: As of `oa.render`, in stops.
        age: (height, width), model time ahead of each place; images and maps are then blended between keyframes.
        keyframes: Model times that include the first and last frame; default: closely spaced times over all that the ages
            reach.
        tiles: As of `oa.render`.
        surface: As of `oa.render`.
        channel: As of `oa.render`.
        solver: As of `oa.solve`.
        view: Initial view state of a web page (`ViewState` in web/scripts/types.d.ts).
        cache: As of `oa.solve`.
        progress: Gets the completed share in [0, 1], ascending.
        stop: Polled between frames and while solving.

    Returns:
        The path, or None where it was stopped.

    Raises:
        RequestError: Where the export is impossible; before solving, where that is known.
    """
    path = Path(path)
    look = {"exposure": exposure, "tiles": tiles, "surface": surface, "channel": channel}
    wanted = check_export(material.config, path, config, times, size, **look)
    aging = check_age_keyframes(material.config, config, age, keyframes, wanted, size, channel)
    solved = wanted if aging is None else aging.keyframes
    chunks = solve_stream(material, seed=seed, size=size, times=solved, solver=solver, stop=stop, cache=cache)
    if aging is None:
        frames = stream_states(material, chunks, solved, progress, stop)
    else:
        solve_progress, frame_progress = split_progress(progress, 2)
        states = stream_states(material, chunks, solved, solve_progress, stop)
        frames = aged_frames(material, states, aging, wanted, frame_progress, stop)
    lights, ages = lights_of(material.config, light), None if aging is None else aging.ages
    job = ExportJob(
        material, config, seed, (size[0], size[1]), wanted, lights, **look, ages=ages, frames=frames, view=view or {}
    )
    try:
        written = written_size(config, size, tiles, surface)
        _check_space(path, estimate_bytes(material.config, config, size=written, frames=len(wanted), times=wanted))
        write_atomically(path, lambda file: _write(job, file))
    except StoppedError:
        return None
    except OSError as error:
        raise RequestError(f"{path} cannot be written: {error.strerror or error}.", code="not-writable") from error
    return path


def _check_space(path, needed):
    free = shutil.disk_usage(path.parent).free
    if needed > free:
        raise RequestError(
            f"The export needs about {needed / 1e6:.0f} MB, but {path.parent} has {free / 1e6:.0f} MB free.", code="disk-space"
        )


def _write(job: ExportJob, file: BinaryIO) -> None:
    match job.config.format:
        case "png":
            for frame in job.pictures():
                save_still(frame, file)
        case "frames":
            write_frames_zip(job, file)
        case "maps":
            write_maps(job, file)
        case "states":
            write_states(job, file)
        case "page":
            write_page(job, file)
        case animated:
            save_animation(job.pictures(), file, animated, 1 / job.config.fps)
