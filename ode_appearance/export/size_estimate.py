"""Size estimate of an export, before anything is solved."""

import math
from collections.abc import Sequence

import numpy as np

from ..config.schema import MaterialConfig
from ..models.maps import map_channels
from .export_config import ExportConfig
from .page_size import page_bytes

# Bytes a pixel of a frame, measured on two shipped materials with fine textures, which compress badly.
_PICTURE_BYTES = {"png": 2.4, "frames": 2.4, "gif": 1.35, "webp": 0.3}
# A video of one span: the more frames, the smaller each change (measured from 4 to 100 frames).
_VIDEO_BYTES = 0.6
# Bytes a value of a map, measured likewise.
_MAP_BYTES = {"png8": 0.8, "png16": 1.9, "exr": 4.0}
_HEADER_BYTES = 400
_FLOAT_BYTES = 4


def estimate_bytes(
    material: MaterialConfig,
    config: ExportConfig,
    *,
    size: tuple[int, int],
    frames: int,
    times: Sequence[float] | np.ndarray | None = None,
) -> int:
    """Estimated size of an export.

    Exact for states, within a third for a page with `times`, else within a factor of two, for textures like those of the
    published data.

    Args:
        material: The material.
        config: The form of the export.
        size: (width, height) in pixels.
        frames: Number of frames.
        times: Model times of a page's keyframes; default: over the exemplar's span.

    Returns:
        Bytes.

    Example:
        >>> import ode_appearance as oa
        >>> config = oa.load("rusting_steel").config
        >>> oa.estimate_bytes(config, oa.ExportConfig("states"), size=(32, 32), frames=10)  # 10 * 24 * 32 * 32 * 4
        983040
    """
    pixels = size[0] * size[1] * frames
    if config.format == "states":
        return material.architecture.channels * pixels * _FLOAT_BYTES
    if config.format == "mp4":
        return int(pixels * _VIDEO_BYTES / math.sqrt(frames)) + _HEADER_BYTES
    if config.format == "page":
        page_times = np.linspace(0, material.times.duration, frames) if times is None else times
        return page_bytes(material, page_times, size)
    if config.format != "maps":
        return int(pixels * _PICTURE_BYTES[config.format]) + _HEADER_BYTES
    maps = dict(map_channels(material))
    if material.brdf is not None:
        maps["normal"] = 3
        if config.map_values == "engine":
            # Two normal maps (OpenGL and DirectX), and an isotropic roughness.
            maps |= {"normal": 6, "roughness": 1}
    return int(pixels * sum(maps.values()) * _MAP_BYTES[config.map_format]) + len(maps) * frames * _HEADER_BYTES
