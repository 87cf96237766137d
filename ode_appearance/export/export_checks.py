"""Checks of an export request before anything is solved."""

import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ..config.request_checks import check_size, check_times, picture_size
from ..config.schema import MaterialConfig, Surface
from ..errors import RequestError
from ..keyframes.keyframe_times import LEAST, MOST
from ..rendering.aov import LIT, check_channel
from ..rendering.render import FLAT, check_exposure
from ..runtime.memory_budget import free_host_bytes
from ..runtime.regular_files import display_path, is_folder
from .age_keyframes import ModelTimes
from .export_config import SUFFIXES, ExportConfig

MAX_SIDES = {"gif": 65535, "webp": 16383, "mp4": 16384}
# Browsers play faster GIFs ten times slower.
MAX_FPS = {"gif": 50.0}
# Bytes a pixel of all frames in memory, with Pillow's own copy.
_HELD_BYTES = {"gif": 7, "webp": 7}


def check_export(
    material: MaterialConfig,
    path: Path,
    config: ExportConfig,
    times: Sequence[float] | np.ndarray,
    size: tuple[int, int],
    *,
    exposure: float = 0.0,
    tiles: tuple[int, int] = (1, 1),
    surface: Surface = FLAT,
    channel: str = LIT,
) -> ModelTimes:
    """Check an export request.

    Args:
        material: The material.
        path: The file to write.
        config: The form of the export.
        times: Model times.
        size: (width, height) of the states in pixels.
        exposure: Exposure in stops.
        tiles: Repetitions (across, down) of an image.
        surface: The surface that images are shown on.
        channel: The channel of images.

    Returns:
        The times, ascending and unique.

    Raises:
        RequestError: Where the export is impossible.
    """
    wanted, size = check_times(material, times), check_size(material, size)
    suffix = SUFFIXES[config.format]
    if path.suffix.lower() != suffix:
        raise RequestError(f"A file of format {config.format} ends in {suffix}; {path.name!r} does not.", code="suffix")
    if not is_folder(path.parent):
        raise RequestError(f"There is no folder {display_path(path.parent)} to write to.", code="no-folder")
    if config.format == "png" and len(wanted) > 1:
        raise RequestError(
            f"A png is one image, but {len(wanted)} times were given; use the format frames.", code="too-many-times"
        )
    check_exposure(exposure)
    check_channel(material, channel)
    written = written_size(config, size, tiles, surface)
    longest_side = max(written)
    longest = MAX_SIDES.get(config.format, longest_side)
    if longest_side > longest:
        raise RequestError(f"A {config.format} file has at most {longest} pixels a side, not {longest_side}.", code="too-large")
    held = _HELD_BYTES.get(config.format, 0) * math.prod(written) * len(wanted)
    if held > free_host_bytes():
        raise RequestError(
            f"A {config.format} file of {len(wanted)} frames needs about {held / 1e9:.1f} GB of memory, but "
            f"{free_host_bytes() / 1e9:.1f} GB are free: reduce frames or size, or use the format frames or mp4.",
            code="memory",
        )
    if config.format == "page" and not LEAST <= len(wanted) <= MOST:
        raise RequestError(
            f"A page holds from {LEAST} to {MOST} keyframes, the limits of browsers, not {len(wanted)}.", code="out-of-range"
        )
    fastest = MAX_FPS.get(config.format, config.fps)
    if config.fps > fastest:
        raise RequestError(
            f"A {config.format} file plays at most {fastest:g} frames per second, not {config.fps:g}.", code="out-of-range"
        )
    return wanted


def written_size(
    config: ExportConfig, size: tuple[int, int], tiles: tuple[int, int], surface: Surface = FLAT
) -> tuple[int, int]:
    """(width, height) of the written images in pixels; maps, states and keyframes are neither tiled nor shown on a solid."""
    return size if config.format in ("maps", "states", "page") else picture_size(size, tiles, surface)
