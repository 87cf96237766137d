"""The lit image of a material on a solid, as in the viewer."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..config.schema import Light, MaterialConfig, Surface
from .lights import lighting, shade_lights
from .plane import DISPLAY_GAMMA, normalise, tone_map
from .raycast import average_rays, intersect_strip, render_in_strips, sample_texture

MIN_FACING = 0.05
"""Minimum cosine between a normal and the direction to the camera; smaller ones cause black holes near the outline."""


def render_solid(
    config: MaterialConfig,
    maps: dict[str, Array] | dict[str, np.ndarray],
    lights: tuple[Light, ...],
    exposure: float,
    tiles: tuple[int, int],
    surface: Surface,
) -> Float[np.ndarray, "3 side side"]:
    """Display values of a square image of the solid; the state repeats as `texture_repeats` says. Exposure is in stops."""
    height, width = next(iter(maps.values())).shape[1:]
    visible = {name: jnp.asarray(values) for name, values in maps.items() if name != "height"}
    light_arrays, factor = lighting(lights, config.camera), jnp.float32(2.0**exposure)
    strip = functools.partial(_strip, config.brdf, config.camera, surface.kind, visible, light_arrays, factor)
    return render_in_strips(config.camera, (width, height), tiles, surface, strip)


@functools.partial(jax.jit, static_argnums=(0, 1, 2, 6))
def _strip(brdf, camera, kind, maps, light_arrays, factor, grid, first_row, turn, repeats):
    hits = intersect_strip(camera, kind, grid, first_row, turn, repeats)
    local = {name: sample_texture(values, hits.uv) for name, values in maps.items()}
    if brdf is None:
        maps, bump = {"image": local["image"] ** DISPLAY_GAMMA}, jnp.zeros_like(hits.positions).at[2].set(1)
    else:
        maps, bump = _normal_spread_to_roughness(local)
    camera_position = jnp.array([0, 0, camera.distance], jnp.float32)[:, None, None]
    to_camera = jnp.sum(hits.axes * normalise(camera_position - hits.positions), axis=1)
    bump = normalise(bump - jnp.minimum(jnp.sum(bump * to_camera, axis=0) - MIN_FACING, 0) * to_camera)
    normal = jnp.sum(hits.axes * bump[:, None], axis=0)
    lit = tone_map(factor * shade_lights(brdf, maps, normal, hits.positions, camera, light_arrays, hits.axes))
    return average_rays(hits, grid, lit)


def _normal_spread_to_roughness(maps):
    """The BRDF maps, and unit normals. Interpolated normals are shorter than one where they vary; add the variation to the
    roughness (Toksvig, "Mipmapping normal maps", Journal of Graphics Tools 10(3), 2005)."""
    length = jnp.linalg.norm(maps["normal"], axis=0)
    spread = 2 * (1 - jnp.minimum(length, 1)) / length
    brdf_maps = {name: values for name, values in maps.items() if name != "normal"}
    for name in brdf_maps:
        if name.startswith("roughness"):
            brdf_maps[name] = jnp.minimum(jnp.sqrt(brdf_maps[name] ** 2 + spread), 1)
    return brdf_maps, maps["normal"] / length
