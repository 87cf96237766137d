"""Render a trajectory at a time: lit, or one of its maps."""

import functools
import math
from collections.abc import Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..config.request_checks import check_surface, check_tiles
from ..config.schema import WHITE, Light, MaterialConfig, Surface
from ..errors import RequestError
from ..models.maps import MaterialMaps, check_state_shape, compiled_maps, map_channels, read_maps
from ..models.material import Material
from ..ode.trajectory import Trajectory, state_at
from ..runtime.precision import in_single_precision
from ..shading.lights import as_lights, lighting, shade_lights
from ..shading.plane import DISPLAY_GAMMA, plane, shade, tone_map, traceable
from ..shading.solid_lit import render_solid
from .age_map import aged_maps, keyframe_maps
from .aov import LIT, check_channel, height_range, map_image

MAX_STOPS = 20.0
FLAT = Surface()


@in_single_precision
def render(
    material: Material,
    trajectory: Trajectory | Float[Array, "channels h w"] | Float[np.ndarray, "channels h w"],
    *,
    time: float | None = None,
    light: Light | Sequence[Light] | None = None,
    exposure: float = 0.0,
    age: Float[Array, "h w"] | Float[np.ndarray, "h w"] | None = None,
    tiles: tuple[int, int] = (1, 1),
    surface: Surface = FLAT,
    channel: str = LIT,
) -> Float[Array, "3 rows columns"]:
    """Render a trajectory at a model time, or one state.

    Args:
        material: The material.
        trajectory: A trajectory, or one of its states.
        time: Model time, with linear interpolation between two states; None for the last state.
        light: One light, or several that add up; default: the light that the material was captured under. An RGB texture on
            the plane ignores lights.
        exposure: In stops; the light is multiplied by 2^exposure before the tone mapping.
        age: Model time by which each pixel is ahead of `time`, (h, w); needs a trajectory.
        tiles: Repetitions of the state (across, down).
        surface: The plane, or a sphere or cylinder, around which the state repeats further.
        channel: "lit", or the name of a map of an SVBRDF, which lights and exposure do not change.

    Returns:
        Display values in [0, 1], (3, rows, columns): the state's size times `tiles`; for a solid, a square of the longer side.

    Raises:
        RequestError: For a time outside the trajectory, a state of another material, an age map of another size, or an invalid
            exposure, tiles, surface or channel.

    Example:
        >>> import ode_appearance as oa
        >>> material = oa.load("rusting_steel")
        >>> trajectory = oa.solve(material, size=(32, 32), times=[0.0, 1.0])
        >>> oa.render(material, trajectory, time=0.5, exposure=1.0).shape
        (3, 32, 32)
    """
    config = material.config
    lights = resolve_lights(config, light)
    check_exposure(exposure)
    check_surface(surface)
    check_channel(config, channel)
    view = (lights, exposure, tiles, surface, channel)
    if age is not None:
        maps = aged_maps(material, trajectory, time, age)
        # Black and white are those of the surface without ages, so that ages do not change the grey of other pixels.
        heights = height_range(keyframe_maps(material, state_at(trajectory, time))) if channel == "height" else None
        return shade_maps(config, maps, *view, heights)
    state = state_at(trajectory, time) if isinstance(trajectory, Trajectory) else trajectory
    check_state_shape(config, state.shape)
    channels, state = map_channels(config), jnp.asarray(state)
    if channel == LIT and (captured := _captured_light(config, lights, exposure, tiles, surface)) is not None:
        return _render(config.brdf, channels, config.normals, config.camera, state, traceable(captured))
    return shade_maps(config, compiled_maps(channels, config.normals, state), *view)


def resolve_lights(config: MaterialConfig, light: Light | Sequence[Light] | None) -> tuple[Light, ...]:
    """The `light` argument of `render` as a tuple; None becomes `default_light`."""
    return as_lights(default_light(config) if light is None else light)


def default_light(config: MaterialConfig) -> Light:
    """The light that a material was captured under. For an RGB texture, the light under which the front of a solid is as bright
    as the texture on the plane."""
    return Light(log_intensity=math.log(math.pi * config.camera.distance**2)) if config.brdf is None else config.light


def check_exposure(exposure: float) -> None:
    """Raise RequestError (code "out-of-range") for an invalid exposure in stops."""
    if not -MAX_STOPS <= exposure <= MAX_STOPS:
        raise RequestError(
            f"The exposure {exposure:g} is out of range: use {-MAX_STOPS:g} to {MAX_STOPS:g} stops.", code="out-of-range"
        )


@in_single_precision
def shade_maps(
    config: MaterialConfig,
    maps: MaterialMaps,
    lights: tuple[Light, ...],
    exposure: float = 0.0,
    tiles: tuple[int, int] = (1, 1),
    surface: Surface = FLAT,
    channel: str = LIT,
    heights: tuple[float, float] | None = None,
) -> Float[Array, "3 rows columns"]:
    """`render` for decoded maps and lights from `resolve_lights`; `heights` as in `map_image`."""
    if channel != LIT:
        return map_image(config, maps, channel, tiles, surface, heights)
    if (captured := _captured_light(config, lights, exposure, tiles, surface)) is not None:
        return _shade(config.brdf, config.camera, maps, traceable(captured))
    if surface.kind != "flat":
        return jnp.asarray(render_solid(config, maps, lights, exposure, tiles, surface))
    maps = jax.tree.map(jnp.asarray, maps)
    height, width = next(iter(maps.values())).shape[1:]
    (across, down), factor = check_tiles((width, height), tiles), jnp.float32(2.0**exposure)
    if config.brdf is None:
        return jnp.tile(_expose(maps["image"], factor), (1, down, across))
    light_arrays = lighting(lights, config.camera)
    whole = plane(height * down, width * across, config.camera)
    # Tile by tile, to bound the memory.
    rows = [
        [_shade_lights(config.brdf, config.camera, maps, light_arrays, factor, part) for part in np.split(row, across, axis=2)]
        for row in np.split(whole, down, axis=1)
    ]
    return jnp.concatenate([jnp.concatenate(row, axis=2) for row in rows], axis=1)


def _captured_light(config, lights, exposure, tiles, surface):
    """The light if the view is the same as in training: one white point light at camera height, and nothing else; else None."""
    if exposure != 0 or tuple(tiles) != (1, 1) or surface.kind != "flat":
        return None
    if config.brdf is None:
        return Light()
    return lights[0] if [(light.kind, light.height, light.colour) for light in lights] == [("point", 1, WHITE)] else None


@functools.partial(jax.jit, static_argnums=(0, 1, 2, 3))
def _render(brdf, channels, normals, camera, state, light):
    return _shade(brdf, camera, read_maps(channels, normals, state), light)


@functools.partial(jax.jit, static_argnums=(0, 1))
def _shade(brdf, camera, maps, light):
    if brdf is None:
        return maps["image"]
    return tone_map(shade(brdf, maps, maps["normal"], light, camera))


@functools.partial(jax.jit, static_argnums=(0, 1))
def _shade_lights(brdf, camera, maps, light_arrays, factor, positions):
    return tone_map(factor * shade_lights(brdf, maps, maps["normal"], positions, camera, light_arrays))


@jax.jit
def _expose(image, factor):
    return jnp.clip(image * factor ** (1 / DISPLAY_GAMMA), 0, 1)
