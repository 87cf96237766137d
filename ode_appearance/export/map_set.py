"""A set of maps, of one time or a sequence, in a zip file."""

import tempfile
import zipfile
from typing import BinaryIO

import numpy as np

from .export_job import ExportJob, file_stem
from .map_conventions import COLOURS, MEANINGS, RAW_MEANINGS, maps_for_files
from .map_files import encode_map
from .zip_frames import add_metadata, zip_entry


def write_maps(job: ExportJob, file: BinaryIO) -> None:
    """Write NAME_MAP.png, or MAP/NAME_MAP_0000.png and so on for a sequence, and NAME.json, to a zip file.

    Heights are scaled to [0, 1] by one range for all times, given in the JSON; a raw EXR holds them unscaled.
    """
    config, found, lowest, highest = job.config, [], np.inf, -np.inf
    stretched = config.map_format != "exr" or config.map_values == "engine"
    with zipfile.ZipFile(file, "w") as archive, tempfile.TemporaryFile() as heights:
        for index, decoded in enumerate(job.maps()):
            maps = maps_for_files(decoded, config)
            if stretched and "height" in maps:
                height = maps.pop("height")
                heights.write(height.tobytes())
                lowest, highest = min(lowest, float(height.min())), max(highest, float(height.max()))
            for name, values in maps.items():
                archive.writestr(zip_entry(_path(job, name, index)), encode_map(values, config.map_format))
            found = list(maps)
        if np.isfinite(lowest):
            found.append("height")
            for index, height in enumerate(_read(heights, job)):
                values = (height - lowest) / max(highest - lowest, 1e-12)
                archive.writestr(zip_entry(_path(job, "height", index)), encode_map(values, config.map_format))
        add_metadata(archive, job, **_conventions(job, found, lowest, highest))


def _path(job: ExportJob, map_name: str, index: int) -> str:
    suffix = "exr" if job.config.map_format == "exr" else "png"
    name = f"{file_stem(job.material)}_{map_name}"
    if len(job.times) > 1:
        return f"{map_name}/{name}_{index:04d}.{suffix}"
    # Programs that match maps by name take the first normal map.
    return f"directx/{name}.{suffix}" if map_name == "normal_directx" else f"{name}.{suffix}"


def _read(heights, job):
    width, height = job.size
    heights.seek(0)
    for _ in job.times:
        yield np.frombuffer(heights.read(4 * width * height), np.float32).reshape(1, height, width)


def _conventions(job, found, lowest, highest):
    config = job.config
    meanings = RAW_MEANINGS if config.map_values == "raw" else MEANINGS
    coloured = "linear" if config.map_format == "exr" else "sRGB"
    descriptions = {}
    for name in found:
        encoding = coloured if config.map_values == "engine" and name in COLOURS else "as it is (non-colour)"
        descriptions[name] = {"meaning": meanings[name], "encoding": encoding}
    conventions = {"format": config.map_format, "values": config.map_values, "maps": descriptions}
    if np.isfinite(lowest):
        # The width in pixels, too: a displacement is relative to it.
        conventions["height_range"] = {"lowest": lowest, "highest": highest, "unit": "pixels", "width": job.size[0]}
    return conventions
