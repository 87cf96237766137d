"""Plain arguments of a program, as the page would say them: the fields of the screen, and what the viewer shows."""

from pathlib import Path
from typing import Any

from ...config.schema import MaterialConfig
from ...errors import RequestError
from ...export import age_map_png
from ...rendering.render import usual_light
from ..solving.material_fields import own_fields
from ..solving.requests import number, solve_request
from ..solving.view_state import STILLS, pack_ages

VIEW = ("lights", "exposure", "surface", "turn", "tiles", "channel", "age_range")
"""What a view can say, all of it as the viewer's link does; without lights there is the one of the other arguments."""


def is_sequence(format: str, time: float, end: float) -> bool:
    """Whether a file is of a range of time; raises RequestError where it has to be and is not."""
    sequence = number({"end": end}, "end") > number({"time": time}, "time")
    if not sequence and format not in STILLS:
        raise RequestError(f"A file of format {format} shows a range: give an `end` that is later than `time`.")
    return sequence


def screen_fields(
    config: MaterialConfig, seed: int, width: int, height: int, time: float, end: float | None = None
) -> dict[str, Any]:
    """The screen's fields: the material's own, and what is given. Without an end, its own times and `time`."""
    fields = {"seed": seed, "width": width, "height": height}
    if end is not None:
        return {**own_fields(config, fields), **fields, "start": time, "end": end}
    return {**own_fields(config, fields, number({"time": time}, "time")), **fields}


def as_seen(
    config: MaterialConfig, size: tuple[int, int], time: float, light: tuple, view: Any, age: str | None
) -> dict[str, Any]:
    """What the viewer would say (see app/solving/view_state.py) that shows `view` with the ages of a grey picture."""
    view = {} if view is None else view
    if not isinstance(view, dict) or not set(view) <= set(VIEW):
        raise RequestError(f"A view is an object with some of {', '.join(VIEW)}.")
    seen = {"lights": [_light(config, light)], **view, "time": time}
    low, high = age_map_png.default_range(config.times.duration)
    if "age_range" in view:
        ends = seen.pop("age_range")
        if not isinstance(ends, list) or len(ends) != 2:
            raise RequestError("The age range is two model times, those that black and white stand for.")
        low, high = (number({"age range": value}, "age range") for value in ends)
    if age is not None:
        checked = solve_request(config.name, config, screen_fields(config, 0, *size, time)).size
        seen["ages"] = pack_ages(age_map_png.read_age_image(Path(age), checked, (low, high)))
    return seen


def _light(config, light):
    x, y, log_intensity = light
    return {"x": x, "y": y, "logIntensity": usual_light(config).log_intensity if log_intensity is None else log_intensity}
