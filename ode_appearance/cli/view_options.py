"""Command line options of the view: lights, exposure, age map, tiles, surface and channel."""

import argparse
import dataclasses
import math
import typing
from pathlib import Path
from typing import Any

from ..config.request_checks import check_size, picture_size
from ..config.schema import Light, LightKind, MaterialConfig, Surface, SurfaceKind
from ..errors import ConfigError, RequestError
from ..export.age_map_png import default_range, read_age_image
from ..rendering.aov import LIT, check_channel
from ..rendering.render import check_exposure, default_light
from ..shading.lights import linear_colour
from .options import checked, numbers, read_lengths

LIGHT = "[KIND,]X,Y[,LOG[,HEIGHT[,RRGGBB]]]"
VIEW_OPTIONS = ("light", "orbit", "exposure", "age", "age_range", "tiles", "surface", "turn", "channel")
"""Names of the options."""


def add_view(parser: argparse.ArgumentParser) -> None:
    """Add --light (repeatable), --exposure, --age, --age-range, --tiles, --surface, --turn and --channel."""
    parser.add_argument(
        "--light",
        action="append",
        metavar=LIGHT,
        help="a light (default: that of the capture; a flat RGB texture has none); repeat for several lights: point or "
        "directional, position, logarithm of the intensity, height as a share of the camera's, colour",
    )
    parser.add_argument("--orbit", type=float, metavar="TURNS", help="turns per second of the lights in an animation")
    parser.add_argument("--exposure", type=float, metavar="STOPS", help="exposure in stops (default 0)")
    parser.add_argument(
        "--age",
        type=Path,
        metavar="PICTURE",
        help="age map, a grey picture: 128 is the normal age, 255 older by the exemplar's span, 1 younger by it",
    )
    parser.add_argument(
        "--age-range", type=float, nargs=2, metavar=("LOW", "HIGH"), help="model times of black and white in the age map"
    )
    parser.add_argument("--tiles", metavar="ACROSSxDOWN", help="number of copies of the material side by side")
    parser.add_argument("--surface", choices=typing.get_args(SurfaceKind), help="surface with the material (default flat)")
    parser.add_argument("--turn", metavar="DEGREES,DEGREES", help="rotation of a solid: about its axis, and toward the eye")
    parser.add_argument("--channel", metavar="NAME", help="lit (default), or one map: diffuse, normal, height, ...")


def read_view(options: argparse.Namespace, config: MaterialConfig, size: tuple[int, int]) -> dict[str, Any]:
    """light, exposure, age, tiles, surface and channel, as `oa.render` and `oa.export` take them."""
    size = check_size(config, size)
    exposure = 0.0 if options.exposure is None else options.exposure
    check_exposure(exposure)
    lights = [default_light(config)] if options.light is None else [read_light(text, config) for text in options.light]
    if options.orbit is not None:
        lights = [Light(**checked(Light, {**dataclasses.asdict(light), "orbit": options.orbit})) for light in lights]
    tiles = (1, 1) if options.tiles is None else read_lengths(options.tiles, "ACROSSxDOWN, for instance 2x1")
    surface = _read_surface(options)
    picture_size(size, tiles, surface)
    channel = options.channel or LIT
    check_channel(config, channel)
    look = {"light": lights, "exposure": exposure, "tiles": tiles, "surface": surface, "channel": channel}
    return {**look, "age": _read_age(options, config, size)}


def _read_surface(options):
    kind = options.surface or "flat"
    if options.turn is None:
        return Surface(kind)
    if kind == "flat":
        raise RequestError("--turn is for a solid: choose a --surface.")
    turn = [math.radians(angle) for angle in numbers(options.turn, (2,), "30,10")]
    return Surface(**checked(Surface, {"kind": kind, "turn": turn}))


def _read_age(options, config, size):
    if options.age is None:
        if options.age_range is not None:
            raise RequestError("--age-range needs an --age picture: it has the times of its black and white.")
        return None
    low, high = options.age_range or default_range(config.times.duration)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RequestError("--age-range is two finite numbers.")
    return read_age_image(options.age, size, (low, high))


def read_light(text: str, config: MaterialConfig) -> Light:
    """Parse one light; the default intensity is that of the material's light."""
    first, *rest = text.split(",")
    values: dict[str, Any] = {"log_intensity": default_light(config).log_intensity}
    if first in typing.get_args(LightKind):
        values["kind"] = first
    else:
        rest = [first, *rest]
    if len(rest) == 5:
        values["colour"] = linear_colour(rest.pop())
    values |= zip(("x", "y", "log_intensity", "height"), numbers(",".join(rest), (2, 3, 4), LIGHT), strict=False)
    try:
        return Light(**checked(Light, values))
    except ConfigError as error:
        raise RequestError(f"--light: {error}") from error
