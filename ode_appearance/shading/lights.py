"""Shading under any number of lights, summed before the tone mapping, as in the viewer (web/shaders/lights.glsl)."""

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


class LightArrays(NamedTuple):
    """Lights of one kind as arrays, so that moving or colouring them needs no recompilation."""

    positions: Float[np.ndarray, "lights 3"]
    """For directional lights the directions toward them, of any length."""
    powers: Float[np.ndarray, "lights 3"]
    """Colour times intensity."""


Lighting = tuple[LightArrays, LightArrays]
"""The point lights and the directional lights."""


def as_lights(light: Light | Sequence[Light]) -> tuple[Light, ...]:
    """One or several lights as a tuple."""
    return (light,) if isinstance(light, Light) else tuple(light)


def orbited(lights: Sequence[Light], seconds: float, camera: Camera) -> tuple[Light, ...]:
    """The lights after `seconds` of animation: lights with an `orbit` circle the plane's centre, clockwise seen from above.

    A light that starts at the centre circles at ORBIT_RADIUS times the plane's half width (published), as in
    web/scripts/base/lights.js.
    """

    def moved(light):
        if not light.orbit:
            return light
        distance = math.hypot(light.x, light.y)
        radius = distance if distance > 0.02 else ORBIT_RADIUS * camera.half_width
        angle = math.atan2(light.x, light.y) + 2 * math.pi * light.orbit * seconds
        return dataclasses.replace(light, x=radius * math.sin(angle), y=radius * math.cos(angle), orbit=0.0)

    return tuple(moved(light) for light in lights)


def lighting(lights: Sequence[Light], camera: Camera) -> Lighting:
    """The lights grouped by kind, as arrays."""

    def arrays(kind):
        group = [light for light in lights if light.kind == kind]
        positions = [(light.x, light.y, light.height * camera.distance) for light in group]
        powers = [np.exp(light.log_intensity) * np.asarray(light.colour) for light in group]
        return LightArrays(*(np.asarray(numbers, np.float32).reshape(-1, 3) for numbers in (positions, powers)))

    return arrays("point"), arrays("directional")


def shade_lights(
    brdf: BrdfName | None,
    maps: dict[str, Array],
    normal: Float[Array, "3 h w"],
    positions: Float[Array, "3 h w"],
    camera: Camera,
    lights: Lighting,
    axes: Float[Array, "3 3 h w"] | None = None,
) -> Float[Array, "3 h w"]:
    """The sum of `plane.radiance` over all lights; same arguments."""
    total = jnp.zeros_like(normal)
    for arrays, directional in zip(lights, (False, True), strict=True):

        def add(total, light, directional=directional):
            position, power = (numbers[:, None, None] for numbers in light)
            shaded = radiance(brdf, maps, normal, positions, camera, position, power, directional=directional, axes=axes)
            return total + shaded, None

        total, _ = jax.lax.scan(add, total, arrays)
    return total


def linear_colour(text: str) -> tuple[float, float, float]:
    """The linear factors of `Light.colour` for a display colour "#rrggbb" or "rrggbb".

    Raises:
        RequestError: For other text. Code "invalid-colour".
    """
    if not re.fullmatch("#?[0-9a-fA-F]{6}", text):
        raise RequestError(f"The colour {text[:20]!r} is invalid: write it like #ff8040.", code="invalid-colour")
    red, green, blue = ((level / 255) ** DISPLAY_GAMMA for level in bytes.fromhex(text.removeprefix("#")))
    return red, green, blue


def display_colour(colour: tuple[float, float, float]) -> str:
    """The inverse of `linear_colour`, rounded to 8 bits."""
    return "#" + "".join(f"{round(255 * factor ** (1 / DISPLAY_GAMMA)):02x}" for factor in colour)
