"""A material laid around a solid: a picture of it, as the viewer shows it."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..config.schema import Light, MaterialConfig, Surface
from .lights import lighting, shade_by_all
from .plane import DISPLAY_GAMMA, normalise, tone_map
from .raycast import facets_of_strip, in_strips, lying_at, picture_of_strip

LEAST_FACING = 0.05
"""Cosine between a bump and the direction to the eye: near the outline there would be holes."""


def picture_of_solid(
    config: MaterialConfig,
    maps: dict[str, Array] | dict[str, np.ndarray],
    lights: tuple[Light, ...],
    exposure: float,
    tiles: tuple[int, int],
    surface: Surface,
) -> Float[np.ndarray, "3 side side"]:
    """Display values of a solid amid a square picture, on which the state lies as often as `solids.repeats` says."""
    height, width = next(iter(maps.values())).shape[1:]
    seen = {name: jnp.asarray(values) for name, values in maps.items() if name != "height"}
    sources, factor = lighting(lights, config.camera), jnp.float32(2.0**exposure)
    strip = functools.partial(_strip, config.brdf, config.camera, surface.kind, seen, sources, factor)
    return in_strips(config.camera, (width, height), tiles, surface, strip)


@functools.partial(jax.jit, static_argnums=(0, 1, 2, 6))
def _strip(brdf, camera, kind, maps, sources, factor, grid, first_row, turn, repeats):
    solid = facets_of_strip(camera, kind, grid, first_row, turn, repeats)
    local = {name: lying_at(values, solid.places) for name, values in maps.items()}
    if brdf is None:
        maps, bump = {"image": local["image"] ** DISPLAY_GAMMA}, jnp.zeros_like(solid.positions).at[2].set(1)
    else:
        maps, bump = _filtered(local)
    camera_place = jnp.array([0, 0, camera.distance], jnp.float32)[:, None, None]
    to_eye = jnp.sum(solid.axes * normalise(camera_place - solid.positions), axis=1)
    bump = normalise(bump - jnp.minimum(jnp.sum(bump * to_eye, axis=0) - LEAST_FACING, 0) * to_eye)
    normal = jnp.sum(solid.axes * bump[:, None], axis=0)
    lit = tone_map(factor * shade_by_all(brdf, maps, normal, solid.positions, camera, sources, solid.axes))
    return picture_of_strip(solid, grid, lit)


def _filtered(maps):
    """The model's own maps, and the normal. Where normals differ their mean is shorter than one: what they spread is roughness
    (Toksvig, "Mipmapping normal maps", Journal of Graphics Tools 10(3), 2005)."""
    length = jnp.linalg.norm(maps["normal"], axis=0)
    spread = 2 * (1 - jnp.minimum(length, 1)) / length
    own = {name: values for name, values in maps.items() if name != "normal"}
    for name in own:
        if name.startswith("roughness"):
            own[name] = jnp.minimum(jnp.sqrt(own[name] ** 2 + spread), 1)
    return own, maps["normal"] / length
