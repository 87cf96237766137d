"""Format of an export, and how images and maps are written."""

import dataclasses
from typing import Literal

from ..config.schema import option

Format = Literal["png", "frames", "gif", "webp", "mp4", "maps", "states", "page"]
MapFormat = Literal["png8", "png16", "exr"]
MapValues = Literal["engine", "raw"]

SUFFIXES: dict[Format, str] = {
    "png": ".png",
    "frames": ".zip",
    "gif": ".gif",
    "webp": ".webp",
    "mp4": ".mp4",
    "maps": ".zip",
    "states": ".npz",
    "page": ".html",
}
"""File name suffix of each format."""


@dataclasses.dataclass(frozen=True)
class ExportConfig:
    """The form of an export; its contents are arguments of `export`.

    Example:
        >>> import ode_appearance as oa
        >>> oa.ExportConfig(format="gif", fps=12.0).format
        'gif'
    """

    format: Format = option(
        "png",
        "one picture; or frames (a zip file of PNGs), an animation, a zip file of maps, the states (.npz), or a web page "
        "with the viewer in it",
    )
    fps: float = option(20.0, "frames per second of an animation", minimum=0.1, maximum=1000.0)
    map_format: MapFormat = option("png8", "maps as PNG of 8 or 16 bits, or as OpenEXR of 32-bit floats")
    map_values: MapValues = option("engine", "maps as Blender, Unreal and three.js read them, or as the renderer uses them")
