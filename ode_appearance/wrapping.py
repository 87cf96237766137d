"""A material laid around a solid: a picture of it, as the viewer shows it."""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.ndimage import map_coordinates
from jaxtyping import Array, Float

from .config import Light, MaterialConfig, Surface
from .lights import lighting, shade_by_all
from .limits import MAX_PIXELS, picture_size
from .shading import DISPLAY_GAMMA, normalise, tone_map
from .solids import facets, repeats, texels_a_pixel

BACKGROUND = tuple(level / 255 for level in (26, 24, 26))  # as in viewer/web/renderer.js
LEAST_FACING = 0.05
"""Cosine between a bump and the direction to the eye: near the outline there would be holes."""
MOST_FINE = 8
MOST_RAYS = MAX_PIXELS
STRIP_RAYS = 1 << 19


def picture_of_solid(
    config: MaterialConfig,
    maps: dict[str, Array] | dict[str, np.ndarray],
    lights: tuple[Light, ...],
    exposure: float,
    tiles: tuple[int, int],
    surface: Surface,
) -> Float[np.ndarray, "3 side side"]:
    """Display values of a solid in the middle of a square picture, on which the state lies as often as `solids.repeats` says.

    Each pixel is the mean of 2x2 rays or, where texels are smaller than pixels, of more; of fewer in a very large picture.
    """
    height, width = next(iter(maps.values())).shape[1:]
    side, _ = picture_size((width, height), tiles, surface)
    texels = texels_a_pixel(surface.kind, config.camera, (width, height), tiles, side)
    fine = max(1, min(2 * math.ceil(texels), MOST_FINE, math.isqrt(MOST_RAYS // side**2)))
    rows = min(side, max(1, STRIP_RAYS // (side * fine**2)))
    seen = {name: jnp.asarray(values) for name, values in maps.items() if name != "height"}
    numbers = (
        jnp.float32(surface.turn),
        jnp.float32(repeats(surface.kind, tiles)),
        lighting(lights, config.camera),
        jnp.float32(2.0**exposure),
    )
    strips = [
        _strip(config.brdf, config.camera, surface.kind, (side, rows, fine), seen, jnp.float32(row), *numbers)
        for row in range(0, side, rows)
    ]
    return np.concatenate(strips, axis=1)[:, :side]


@functools.partial(jax.jit, static_argnums=(0, 1, 2, 3))
def _strip(brdf, camera, kind, grid, maps, first_row, turn, repeats, sources, factor):
    side, rows, fine = grid
    x = 2 * (jnp.arange(side * fine) + 0.5) / (side * fine) - 1
    y = 1 - 2 * (first_row + (jnp.arange(rows * fine) + 0.5) / fine) / side
    solid = facets(kind, camera, x[None], y[:, None], turn, repeats)
    local = {name: _sampled(values, solid.places) for name, values in maps.items()}
    if brdf is None:
        maps, bump = {"image": local["image"] ** DISPLAY_GAMMA}, jnp.zeros_like(solid.positions).at[2].set(1)
    else:
        maps, bump = _filtered(local)
    camera_place = jnp.array([0, 0, camera.distance], jnp.float32)[:, None, None]
    to_eye = jnp.sum(solid.axes * normalise(camera_place - solid.positions), axis=1)
    bump = normalise(bump - jnp.minimum(jnp.sum(bump * to_eye, axis=0) - LEAST_FACING, 0) * to_eye)
    normal = jnp.sum(solid.axes * bump[:, None], axis=0)
    lit = tone_map(factor * shade_by_all(brdf, maps, normal, solid.positions, camera, sources, solid.axes))
    shown = jnp.where(solid.seen, lit, jnp.float32(BACKGROUND)[:, None, None])
    return jnp.mean(shown.reshape(3, rows, fine, side, fine), axis=(2, 4))


def _sampled(values, places):
    """(channels, h, w) of a state that repeats, linearly between the centres of its texels."""
    height, width = values.shape[1:]
    at = [places[1] * height - 0.5, places[0] * width - 0.5]
    return jnp.stack([map_coordinates(channel, at, order=1, mode="wrap") for channel in values])


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
