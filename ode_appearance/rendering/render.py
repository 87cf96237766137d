"""A picture of a trajectory at a time: lit, or one of its maps."""

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
from ..models.maps import check_state_shape, compiled_maps, map_channels, read_maps
from ..models.material import Material
from ..ode.trajectory import Trajectory, state_at
from ..runtime.precision import in_single_precision
from ..shading.lights import as_lights, lighting, shade_lights
from ..shading.plane import DISPLAY_GAMMA, plane, shade, tone_map, traceable
from ..shading.solid_lit import render_solid
from .age_map import aged_maps, keyframe_maps
from .aov import LIT, check_channel, heights_of, picture_of_map

MOST_STOPS = 20.0
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
    """Display values (3, h, w) in [0, 1] of a trajectory at a model time, or of one state.

    Between two states of the trajectory the state is interpolated linearly. `light` is one, or several that add up, or
    `usual_light` where none is given; a flat RGB texture has none. `exposure` is in stops: the light is multiplied by
    2^exposure before the tone mapping. `age` is the model time that each pixel of a trajectory is ahead (see
    `aging.aged_maps`). `tiles` lays the state (across, down) times over the plane that is lit, so that h and w are as many
    times its own. On a `surface` that is a sphere or a cylinder it lies more often around (see
    `solids.repeats`), and the picture is a square of the longer of these sides. Another `channel` than "lit" is a map of an
    SVBRDF by itself, which no light and no exposure changes (see `channels.picture_of_map`).

    Raises RequestError for a time that the trajectory does not reach, a state that is not of this material, an age map that
    is not of its size, or an exposure, tiles, a surface or a channel that are not possible.
    """
    config = material.config
    lights = lights_of(config, light)
    check_exposure(exposure)
    check_surface(surface)
    check_channel(config, channel)
    look = (lights, exposure, tiles, surface, channel)
    if age is not None:
        maps = aged_maps(material, trajectory, time, age)
        # Those of the surface as it is without: a place that is older is not darker for it.
        heights = heights_of(keyframe_maps(material, state_at(trajectory, time))) if channel == "height" else None
        return light_maps(config, maps, *look, heights)
    state = state_at(trajectory, time) if isinstance(trajectory, Trajectory) else trajectory
    check_state_shape(config, state.shape)
    channels, state = map_channels(config), jnp.asarray(state)
    if channel == LIT and (captured := _captured(config, lights, exposure, tiles, surface)) is not None:
        return _render(config.brdf, channels, config.normals, config.camera, state, traceable(captured))
    return light_maps(config, compiled_maps(channels, config.normals, state), *look)


def lights_of(config: MaterialConfig, light: Light | Sequence[Light] | None) -> tuple[Light, ...]:
    """The lights that `render` is given, or `usual_light`."""
    return as_lights(usual_light(config) if light is None else light)


def usual_light(config: MaterialConfig) -> Light:
    """The light that a material was captured under. An RGB texture is its own light where it lies flat; on a solid, under this
    one, the front is as bright as it is."""
    return Light(log_intensity=math.log(math.pi * config.camera.distance**2)) if config.brdf is None else config.light


def check_exposure(exposure: float) -> None:
    """Raise RequestError for what is no exposure in stops."""
    if not -MOST_STOPS <= exposure <= MOST_STOPS:
        raise RequestError(f"An exposure is from {-MOST_STOPS:g} to {MOST_STOPS:g} stops, not {exposure:g}.")


@in_single_precision
def light_maps(
    config: MaterialConfig,
    maps: dict[str, Array] | dict[str, np.ndarray],
    lights: tuple[Light, ...],
    exposure: float = 0.0,
    tiles: tuple[int, int] = (1, 1),
    surface: Surface = FLAT,
    channel: str = LIT,
    heights: tuple[float, float] | None = None,
) -> Float[Array, "3 rows columns"]:
    """What `render` shows of the maps of a material's state, under its `lights_of`; of the height, from black to white over
    `heights` or its own range."""
    if channel != LIT:
        return picture_of_map(config, maps, channel, tiles, surface, heights)
    if (captured := _captured(config, lights, exposure, tiles, surface)) is not None:
        return _light(config.brdf, config.camera, maps, traceable(captured))
    if surface.kind != "flat":
        return jnp.asarray(render_solid(config, maps, lights, exposure, tiles, surface))
    maps = jax.tree.map(jnp.asarray, maps)
    height, width = next(iter(maps.values())).shape[1:]
    (across, down), factor = check_tiles((width, height), tiles), jnp.float32(2.0**exposure)
    if config.brdf is None:
        return jnp.tile(_expose(maps["image"], factor), (1, down, across))
    sources = lighting(lights, config.camera)
    whole = plane(height * down, width * across, config.camera)
    # Tile by tile: together they may be far larger than what is lit in one go.
    rows = [
        [_light_by_all(config.brdf, config.camera, maps, sources, factor, part) for part in np.split(row, across, axis=2)]
        for row in np.split(whole, down, axis=1)
    ]
    return jnp.concatenate([jnp.concatenate(row, axis=2) for row in rows], axis=1)


def _captured(config, lights, exposure, tiles, surface):
    """The light, where it is one as materials are captured under and there is no more: the picture that training sees."""
    if exposure != 0 or tuple(tiles) != (1, 1) or surface.kind != "flat":
        return None
    if config.brdf is None:
        return Light()
    return lights[0] if [(light.kind, light.height, light.colour) for light in lights] == [("point", 1, WHITE)] else None


@functools.partial(jax.jit, static_argnums=(0, 1, 2, 3))
def _render(brdf, channels, normals, camera, state, light):
    return _light(brdf, camera, read_maps(channels, normals, state), light)


@functools.partial(jax.jit, static_argnums=(0, 1))
def _light(brdf, camera, maps, light):
    if brdf is None:
        return maps["image"]
    return tone_map(shade(brdf, maps, maps["normal"], light, camera))


@functools.partial(jax.jit, static_argnums=(0, 1))
def _light_by_all(brdf, camera, maps, sources, factor, positions):
    return tone_map(factor * shade_lights(brdf, maps, maps["normal"], positions, camera, sources))


@jax.jit
def _expose(image, factor):
    return jnp.clip(image * factor ** (1 / DISPLAY_GAMMA), 0, 1)
