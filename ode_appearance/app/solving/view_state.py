"""What the viewer shows, as the page says it: read and checked."""

import base64
import binascii
import dataclasses
import math
import zlib
from typing import Any

import numpy as np

from ...config.schema import Light, MaterialConfig, Surface
from ...config.serialization import from_json
from ...errors import RequestError
from ...export.export_config import Format
from ...rendering.age_map import AgeMap
from ...rendering.aov import LIT, check_channel
from ...rendering.render import default_light
from ...shading.lights import linear_colour
from ...web.scene import describe
from .requests import number, whole_number

MOST_LIGHTS = 8  # as in web/shaders/lights.glsl
PICTURES: tuple[Format, ...] = ("png", "frames", "gif", "webp", "mp4")
STILLS: tuple[Format, ...] = ("png", "maps")
"""Formats that show one time, the one that is looked at; the others show the solved range."""


@dataclasses.dataclass(frozen=True)
class Seen:
    """What of the view an export takes over, and what it leaves out, in a sentence or none; `opening` is what a page shows."""

    lights: tuple[Light, ...]
    exposure: float
    tiles: tuple[int, int]
    surface: Surface
    channel: str
    ages: AgeMap | None
    left_out: str
    opening: dict[str, Any]


def read_seen(seen: Any, config: MaterialConfig, size: tuple[int, int], format: Format) -> Seen:
    """`seen` is what app/ui/export_panel.py takes from the viewer: time, lights, exposure, surface, turn, tiles, zoom, channel,
    second and ages; what is missing is as at first. Raises RequestError or ConfigError for what is not possible.
    """
    seen = {"exposure": 0, "surface": "flat", "turn": [0, 0], "tiles": [1, 1], **(seen if isinstance(seen, dict) else {})}
    lights = seen.get("lights") or []
    if not isinstance(lights, list) or len(lights) > MOST_LIGHTS:
        raise RequestError(f"Lights are a list of up to {MOST_LIGHTS}.")
    own = tuple(_light(light) for light in lights) or (default_light(config),)
    tiles, surface = seen["tiles"], from_json(Surface, {"kind": seen["surface"], "turn": seen["turn"]}, "surface")
    if not isinstance(tiles, list) or len(tiles) != 2:
        raise RequestError("Tiles are two numbers, across and down.")
    across, down = (whole_number({"tiles": count}, "tiles") for count in tiles)
    ages, left_out = read_ages(seen.get("ages"), size), _left_out(seen, format)
    # Maps and states have no picture, and a page has all of them.
    channel = str(seen.get("channel", LIT)) if format in PICTURES else LIT
    check_channel(config, channel)
    return Seen(own, number(seen, "exposure"), (across, down), surface, channel, ages, left_out, _opening(seen, config))


def _opening(seen, config):
    """What of the view a page of its own can show as well: all but what stands beside it from elsewhere."""
    channels = [name for name, _ in describe(config, config.name)["views"]]
    number_of = {"time": 1, "zoom": 1, "centre": 2}
    known = {name: seen[name] for name, count in number_of.items() if _numbers(seen.get(name)) == count}
    known |= {name: seen[name] for name in ("channel", "second") if seen.get(name) in channels}
    lights = seen.get("lights") or []
    if lights and all(_numbers(light.get("orbit", 0)) == 1 for light in lights):
        known["lights"] = [{"kind": "point", "height": 1, "colour": "#ffffff", "orbit": 0, **light} for light in lights]
    return known


def _numbers(value):
    """How many finite numbers it is: one, those of a list, or 0 for anything else."""
    values = value if isinstance(value, list) else [value]
    finite = all(isinstance(each, int | float) and math.isfinite(each) for each in values)
    return len(values) if finite else 0


def _light(values):
    if not isinstance(values, dict):
        raise RequestError("A light has a kind, a place, an intensity and a colour.")
    named = {name: values[name] for name in ("kind", "x", "y", "height", "orbit") if name in values}
    if "colour" in values:
        named["colour"] = linear_colour(str(values["colour"]))
    return from_json(Light, {**named, "log_intensity": values.get("logIntensity", 0.0)}, "light")


def read_ages(packed: Any, size: tuple[int, int]) -> AgeMap | None:
    """The ages that web/scripts/ages/packed-ages.js sends for a state of `size` (width, height): {size, data}, or None.

    `data` is base64 of deflated float32 numbers, row by row from the top. Raises RequestError for anything else, without
    unpacking more than there can be.
    """
    if packed is None:
        return None
    if not isinstance(packed, dict) or not isinstance(packed.get("data"), str):
        raise RequestError("Painted ages are a size and data.")
    if packed.get("size") != list(size):
        width, height = size
        raise RequestError(f"What is painted does not lie on a surface of {width}x{height}: wait until that one is shown.")
    expected = 4 * size[0] * size[1]
    try:
        unpacked = zlib.decompressobj().decompress(base64.b64decode(packed["data"], validate=True), expected + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise RequestError("What is painted did not arrive as it was sent.") from error
    ages = np.frombuffer(unpacked[: len(unpacked) // 4 * 4], "<f4")
    if len(unpacked) != expected or not np.isfinite(ages).all():
        raise RequestError("What is painted is not a finite number for each place.")
    return ages.reshape(size[1], size[0]).astype(np.float32)


def pack_ages(ages: AgeMap) -> dict[str, Any]:
    """What `read_ages` reads."""
    height, width = ages.shape
    return {"size": [width, height], "data": base64.b64encode(zlib.compress(ages.astype("<f4").tobytes())).decode()}


def _left_out(seen, format):
    """Maps and states have no view that could be left out, and a page has all views."""
    if format not in PICTURES:
        return ""
    left = [
        (seen.get("zoom", 1) != 1, "all of it is in sight"),
        (bool(seen.get("second")), "nothing stands beside it"),
    ]
    told = [sentence for applies, sentence in left if applies]
    if not told:
        return ""
    return f"Not quite as seen: {'; '.join(told)}. “Save this picture” in the viewer takes what is seen."
