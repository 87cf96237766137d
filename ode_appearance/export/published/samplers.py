"""The output of the published samplers."""

import itertools
import os
import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from jaxtyping import Float

from ...config.request_checks import check_size, check_times
from ...config.schema import SolverConfig, Times
from ...data import load_exemplar
from ...data.dataset import relit_siblings
from ...errors import ExemplarError, RequestError
from ...models.material import Material, starting_from
from ...ode.solve import solve_stream
from ...runtime.regular_files import display_path, expand_home, is_folder, path_exists
from ..export_job import StoppedError, stream_states
from .sample_files import write_animations, write_sample_frames
from .sample_frames import RELIT, exemplar_frames, rgb_frames, svbrdf_frames, writes_exemplars

PUBLISHED_SEED = 42
PUBLISHED_SIZE = 256
EXEMPLAR_SIZES = {"rgb": 128, "svbrdf": 256}
WARMUP_FRAMES = 50
# Share of the work; the animations follow after all frames.
_SOLVING = 0.7


def write_published(
    material: Material,
    folder: str | Path,
    *,
    seed: int = PUBLISHED_SEED,
    size: tuple[int, int] | None = None,
    exemplar: str | Path | None = None,
    solver: SolverConfig | None = None,
    progress: Callable[[float], object] = lambda share: None,
    stop: Callable[[], bool] = lambda: False,
) -> list[Path] | None:
    """Write the output of the paper's samplers into a folder, which appears when it is complete.

    RGB: `synthesis` (50 times of the warm-up) and `transition` (one time a frame of the exemplar), with frame_0000.png ...,
    FOLDER.gif and FOLDER.avi (raw); with an exemplar also `exemplars` and `comparisons`.

    SVBRDF, at the latter times only: `renderings`, `renderings_relit_up`, `_left`, `_rightdown` and `_rotating`, `diffuse` and
    `specular` (see `published_maps`), `roughness` or `roughness_u` and `_v` of models with a diffuse map, `normal`, and
    `height` (each frame scaled to its own 0 ... 1), with frames_0000.png ..., animations.gif, .avi (raw) and .mp4. With an
    exemplar also `stitches` (except for `iso_cook_torrance`), and for `diffuse_iso_cook_torrance` `exemplars`, and
    `exemplars_relit_up`, `_left` and `_rightdown` where these lie beside the exemplar.

    Args:
        material: The material; it starts from noise here.
        folder: A new or empty folder.
        seed: Seed of the noise; the default gives the published noise.
        size: (width, height) in pixels; default: 256x256.
        exemplar: A time-lapse for `oa.load_exemplar`, read at 128x128 for RGB and 256x256 for SVBRDFs.
        solver: As of `oa.solve`.
        progress: Gets the completed share in [0, 1].
        stop: Polled between frames, between animations, and while solving.

    Returns:
        The folders in it, or None where it was stopped.

    Raises:
        RequestError: Where the request is impossible, or `folder` is not empty (code "not-empty").
        ExemplarError: Where the exemplar cannot be read.
    """
    material = starting_from(material, "noise")
    config, folder = material.config, Path(folder)
    size = check_size(config, (PUBLISHED_SIZE, PUBLISHED_SIZE) if size is None else size)
    _check_folder(folder)
    exemplars = {} if exemplar is None else _read_exemplars(expand_home(exemplar, ExemplarError), config, size)
    target = exemplars.get("exemplars")
    times = check_times(config, sampling_times(config.times, warmup=config.brdf is None))
    chunks = solve_stream(material, seed=seed, size=size, times=times, solver=solver, stop=stop)
    states = stream_states(material, chunks, times, lambda share: progress(_SOLVING * share), stop)
    frames = (rgb_frames if config.brdf is None else svbrdf_frames)(material, zip(times.tolist(), states, strict=True), target)
    beside = exemplar_frames(exemplars if writes_exemplars(config.brdf) else {})
    try:
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as staging:
            staged = Path(staging) / folder.name
            written = write_sample_frames(staged, config.kind, itertools.chain(frames, beside))
            for done, name in enumerate(written, start=1):
                if stop():
                    return None
                write_animations(staged / name, config)
                progress(_SOLVING + (1 - _SOLVING) * done / len(written))
            if folder.exists():
                folder.rmdir()
            os.replace(staged, folder)
    except StoppedError:
        return None
    except OSError as error:
        raise RequestError(f"{folder} cannot be written: {error.strerror or error}.", code="not-writable") from error
    return [folder / name for name in written]


def _read_exemplars(path, config, size):
    """The exemplar, and, for models whose exemplar the published sampler writes, its relit siblings; by folder."""
    paths = {"exemplars": path}
    if config.brdf is not None and writes_exemplars(config.brdf):
        siblings = relit_siblings(path)
        paths |= {f"exemplars_relit_{name}": siblings[name] for name in RELIT if name in siblings}
    options = {"size": min(EXEMPLAR_SIZES[config.kind], *size), "frames": max(2, config.times.frames)}
    return {folder: load_exemplar(path, config.kind, **options) for folder, path in paths.items()}


def sampling_times(times: Times, *, warmup: bool) -> Float[np.ndarray, " n"]:
    """The published times: optionally 50 of the warm-up, with growing intervals, and one a frame of the exemplar."""
    generation = np.linspace(0, times.duration, times.frames)
    if not warmup:
        return generation
    synthesis = np.logspace(0, np.log10(1 + times.warmup), WARMUP_FRAMES) - 1 - times.warmup
    # The last one is 0 up to rounding, as is the first of the others.
    return np.concatenate([synthesis[:-1], generation])


def _check_folder(folder):
    if not is_folder(folder.parent):
        raise RequestError(f"There is no folder {display_path(folder.parent)} to write to.", code="no-folder")
    if path_exists(folder) and (not is_folder(folder) or any(folder.iterdir())):
        raise RequestError(f"{folder} exists and is not empty; choose a new or empty folder.", code="not-empty")
