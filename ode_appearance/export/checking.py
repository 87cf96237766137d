"""What can be exported, found out before anything is solved."""

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
from .export_config import SUFFIXES, ExportConfig
from .painted import Moments

LONGEST_SIDES = {"gif": 65535, "webp": 16383, "mp4": 16384}
# Browsers show what is meant to be faster ten times slower.
FASTEST = {"gif": 50.0}
# Of all frames together, with Pillow's own copy.
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
) -> Moments:
    """The times ascending, each once; raises RequestError for what no export can give."""
    wanted, size = check_times(material, times), check_size(material, size)
    suffix = SUFFIXES[config.format]
    if path.suffix.lower() != suffix:
        raise RequestError(f"A file of format {config.format} ends in {suffix}; {path.name!r} does not.")
    if not is_folder(path.parent):
        raise RequestError(f"There is no folder {display_path(path.parent)} to write to.")
    if config.format == "png" and len(wanted) > 1:
        raise RequestError(f"A png is one picture, but {len(wanted)} times were given; frames is the format for more.")
    check_exposure(exposure)
    check_channel(material, channel)
    written = written_size(config, size, tiles, surface)
    longest_side = max(written)
    longest = LONGEST_SIDES.get(config.format, longest_side)
    if longest_side > longest:
        raise RequestError(f"A {config.format} file has at most {longest} pixels a side, not {longest_side}.")
    held = _HELD_BYTES.get(config.format, 0) * math.prod(written) * len(wanted)
    if held > free_host_bytes():
        raise RequestError(
            f"A {config.format} file of {len(wanted)} frames takes about {held / 1e9:.1f} GB of memory, but "
            f"{free_host_bytes() / 1e9:.1f} GB are free: ask for fewer frames or a smaller size, or for frames or an mp4."
        )
    if config.format == "page" and not LEAST <= len(wanted) <= MOST:
        raise RequestError(f"A page holds from {LEAST} to {MOST} keyframes, as browsers do, not {len(wanted)}.")
    fastest = FASTEST.get(config.format, config.fps)
    if config.fps > fastest:
        raise RequestError(f"A {config.format} file shows at most {fastest:g} frames per second, not {config.fps:g}.")
    return wanted


def written_size(
    config: ExportConfig, size: tuple[int, int], tiles: tuple[int, int], surface: Surface = FLAT
) -> tuple[int, int]:
    """Width and height of what is written: maps, states and keyframes are neither tiled nor on a solid."""
    return size if config.format in ("maps", "states", "page") else picture_size(size, tiles, surface)
