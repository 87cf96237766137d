"""What an export is to be: read from what the page says and checked, so that its size is known before it begins."""

import dataclasses
from pathlib import Path
from typing import Any

import numpy as np

from ...config.serialization import from_json
from ...errors import RequestError
from ...export import ExportConfig, check_export, estimate_bytes, written_size
from ...export.export_config import SUFFIXES
from ...models.material import Material
from ..materials.shipped_materials import Collection
from ..text_format import amount
from .requests import SolveRequest, chosen_material, number, solve_request, whole_number
from .view_state import STILLS, Seen, read_seen

MOST_FRAMES = 1000


@dataclasses.dataclass(frozen=True)
class Plan:
    """One export that is possible."""

    material: Material
    request: SolveRequest
    config: ExportConfig
    times: list[float]
    view: Seen

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of what is written."""
        return written_size(self.config, self.request.size, self.view.tiles, self.view.surface)

    @property
    def bytes(self) -> int:
        """About how large the file will be."""
        return estimate_bytes(self.material.config, self.config, size=self.size, frames=len(self.times), times=self.times)

    def describe(self) -> str:
        """A line on the file that it will be."""
        frames = f", {len(self.times)} frames" if len(self.times) > 1 else ""
        return f"About {amount(self.bytes)}: {'×'.join(map(str, self.size))}{frames}."


def plan_export(collection: Collection, name: str | None, fields: dict[str, Any], seen: Any, options: dict[str, Any]) -> Plan:
    """The export of what is `seen` (see view_state.py) of a material in the screen's `fields`, in the form that `options` say:
    those of ExportConfig, `sequence` (whether maps are of the whole range) and `frames`.

    Raises AppearanceError for what is not possible.
    """
    entry = collection.find(name or "")
    material = chosen_material(entry.material, fields)
    request = solve_request(entry.name, material.config, fields)
    config = from_json(ExportConfig, {field.name: options[field.name] for field in dataclasses.fields(ExportConfig)}, "export")
    times = _times(request.times, config, seen, options)
    view = read_seen(seen, material.config, request.size, config.format)
    look = {"exposure": view.exposure, "tiles": view.tiles, "surface": view.surface, "channel": view.channel}
    check_export(material.config, Path(f"any{SUFFIXES[config.format]}"), config, times, request.size, **look)
    return Plan(material, request, config, times, view)


def _times(solved, config, seen, options):
    if config.format in STILLS and not options["sequence"]:
        return [number({"time": seen.get("time") if isinstance(seen, dict) else None}, "time")]
    frames = whole_number(options, "frames")
    if not 2 <= frames <= MOST_FRAMES:
        raise RequestError(f"An export has from 2 to {MOST_FRAMES} frames, not {frames}.")
    if config.format == "png":
        raise RequestError("A picture shows one time: choose frames or an animation for a sequence.")
    return np.linspace(solved[0], solved[-1], frames).tolist()
