"""Command line options that say how a material is shown: lit or by a map, where it is older, and how often."""

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
from ..rendering.render import check_exposure, usual_light
from ..shading.lights import linear_colour
from .options import checked, numbers, read_lengths

LIGHT = "[KIND,]X,Y[,LOG[,HEIGHT[,RRGGBB]]]"
SHOWN = ("light", "orbit", "exposure", "age", "age_range", "tiles", "surface", "turn", "channel")
"""The options' names."""


def add_shown(parser: argparse.ArgumentParser) -> None:
    """--light (as often as there are lights), --exposure, --age, --age-range, --tiles, --surface, --turn and --channel."""
    parser.add_argument(
        "--light",
        action="append",
        metavar=LIGHT,
        help="light (default: as it was captured; a flat RGB texture has none), several times for several: a point or "
        "directional one, its place, the logarithm of its intensity, its height as a share of the camera's, its colour",
    )
    parser.add_argument("--orbit", type=float, metavar="TURNS", help="turns a second that the lights of an animation make")
    parser.add_argument("--exposure", type=float, metavar="STOPS", help="stops by which all is brighter (default 0)")
    parser.add_argument(
        "--age",
        type=Path,
        metavar="PICTURE",
        help="a grey picture of how much older each place is: 128 not at all, 255 by the exemplar's span, 1 as much younger",
    )
    parser.add_argument(
        "--age-range", type=float, nargs=2, metavar=("LOW", "HIGH"), help="the model times that its black and white stand for"
    )
    parser.add_argument("--tiles", metavar="ACROSSxDOWN", help="how often the material lies beside itself in a picture")
    parser.add_argument("--surface", choices=typing.get_args(SurfaceKind), help="what it lies on (default flat)")
    parser.add_argument(
        "--turn", metavar="DEGREES,DEGREES", help="how far a solid is turned: about its axis, and toward the eye"
    )
    parser.add_argument("--channel", metavar="NAME", help="lit (default), or a map by itself: diffuse, normal, height, ...")


def read_shown(options: argparse.Namespace, config: MaterialConfig, size: tuple[int, int]) -> dict[str, Any]:
    """light, exposure, age, tiles, surface and channel, as `oa.render` and `oa.export` take them."""
    size = check_size(config, size)
    exposure = 0.0 if options.exposure is None else options.exposure
    check_exposure(exposure)
    lights = [usual_light(config)] if options.light is None else [read_light(text, config) for text in options.light]
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
            raise RequestError("--age-range is what black and white of an --age picture stand for, and there is none.")
        return None
    low, high = options.age_range or default_range(config.times.duration)
    if not (math.isfinite(low) and math.isfinite(high)):
        raise RequestError("--age-range is two finite numbers.")
    return read_age_image(options.age, size, (low, high))


def read_light(text: str, config: MaterialConfig) -> Light:
    """One light; its intensity is that of the material's own, where none is given."""
    first, *rest = text.split(",")
    values: dict[str, Any] = {"log_intensity": usual_light(config).log_intensity}
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
