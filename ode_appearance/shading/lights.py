"""A surface under any number of lights, which add up before the tone mapping, as in the viewer (web/shaders/lights.glsl)."""

import dataclasses
import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..config.schema import BrdfName, Camera, Light
from ..errors import RequestError
from .plane import DISPLAY_GAMMA, radiance

ORBIT_RADIUS = 0.8


class Sources(NamedTuple):
    """Lights of one kind as arrays, to be moved and coloured without a new compilation."""

    places: Float[np.ndarray, "lights 3"]
    """Of directional ones the directions toward them, of any length."""
    powers: Float[np.ndarray, "lights 3"]
    """Colour times intensity."""


Lighting = tuple[Sources, Sources]
"""The point lights and the directional ones."""


def as_lights(light: Light | Sequence[Light]) -> tuple[Light, ...]:
    """One light, or several, as a tuple."""
    return (light,) if isinstance(light, Light) else tuple(light)


def orbited(lights: Sequence[Light], seconds: float, camera: Camera) -> tuple[Light, ...]:
    """The lights where they are `seconds` later: some have gone about the plane's centre, clockwise from above.

    One that begins at the centre goes at ORBIT_RADIUS of the plane's half width (published), as in web/scripts/base/lights.js.
    """

    def moved(light):
        if not light.orbit:
            return light
        far = math.hypot(light.x, light.y)
        radius = far if far > 0.02 else ORBIT_RADIUS * camera.half_width
        angle = math.atan2(light.x, light.y) + 2 * math.pi * light.orbit * seconds
        return dataclasses.replace(light, x=radius * math.sin(angle), y=radius * math.cos(angle), orbit=0.0)

    return tuple(moved(light) for light in lights)


def lighting(lights: Sequence[Light], camera: Camera) -> Lighting:
    """The lights by their kinds."""

    def sources(kind):
        own = [light for light in lights if light.kind == kind]
        places = [(light.x, light.y, light.height * camera.distance) for light in own]
        powers = [np.exp(light.log_intensity) * np.asarray(light.colour) for light in own]
        return Sources(*(np.asarray(numbers, np.float32).reshape(-1, 3) for numbers in (places, powers)))

    return sources("point"), sources("directional")


def shade_by_all(
    brdf: BrdfName | None,
    maps: dict[str, Array],
    normal: Float[Array, "3 h w"],
    positions: Float[Array, "3 h w"],
    camera: Camera,
    lights: Lighting,
    axes: Float[Array, "3 3 h w"] | None = None,
) -> Float[Array, "3 h w"]:
    """The sum of what `shading.radiance` gives for each light."""
    total = jnp.zeros_like(normal)
    for sources, directional in zip(lights, (False, True), strict=True):

        def add(total, source, directional=directional):
            place, power = (numbers[:, None, None] for numbers in source)
            shaded = radiance(brdf, maps, normal, positions, camera, place, power, directional=directional, axes=axes)
            return total + shaded, None

        total, _ = jax.lax.scan(add, total, sources)
    return total


def linear_colour(text: str) -> tuple[float, float, float]:
    """The factors of a `Light` of a colour of the display, "#rrggbb" or "rrggbb"; raises RequestError for another text."""
    if not re.fullmatch("#?[0-9a-fA-F]{6}", text):
        raise RequestError(f"A colour is of the form #ff8040, which {text[:20]!r} is not.")
    red, green, blue = ((level / 255) ** DISPLAY_GAMMA for level in bytes.fromhex(text.removeprefix("#")))
    return red, green, blue


def display_colour(colour: tuple[float, float, float]) -> str:
    """The inverse of `linear_colour`, to 8 bits."""
    return "#" + "".join(f"{round(255 * factor ** (1 / DISPLAY_GAMMA)):02x}" for factor in colour)
