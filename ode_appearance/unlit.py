"""A picture laid around a solid as it is: no light falls on it."""

import functools
import math

import jax
import jax.numpy as jnp
import numpy as np
from jax.scipy.ndimage import map_coordinates
from jaxtyping import Array, Float

from .config import Camera, Surface
from .limits import picture_size
from .solids import facets, repeats, texels_a_pixel
from .wrapping import BACKGROUND, MOST_FINE, MOST_RAYS, STRIP_RAYS


def around_solid(
    picture: Float[Array, "3 h w"], camera: Camera, tiles: tuple[int, int], surface: Surface
) -> Float[np.ndarray, "3 side side"]:
    """Where `wrapping.picture_of_solid` shows a material that is lit, a picture; through as many rays."""
    height, width = picture.shape[1:]
    side, _ = picture_size((width, height), tiles, surface)
    texels = texels_a_pixel(surface.kind, camera, (width, height), tiles, side)
    fine = max(1, min(2 * math.ceil(texels), MOST_FINE, math.isqrt(MOST_RAYS // side**2)))
    rows = min(side, max(1, STRIP_RAYS // (side * fine**2)))
    turn, times = jnp.float32(surface.turn), jnp.float32(repeats(surface.kind, tiles))
    strips = [
        _strip(camera, surface.kind, (side, rows, fine), picture, jnp.float32(row), turn, times) for row in range(0, side, rows)
    ]
    return np.concatenate(strips, axis=1)[:, :side]


@functools.partial(jax.jit, static_argnums=(0, 1, 2))
def _strip(camera, kind, grid, picture, first_row, turn, repeats):
    side, rows, fine = grid
    x = 2 * (jnp.arange(side * fine) + 0.5) / (side * fine) - 1
    y = 1 - 2 * (first_row + (jnp.arange(rows * fine) + 0.5) / fine) / side
    solid = facets(kind, camera, x[None], y[:, None], turn, repeats)
    height, width = picture.shape[1:]
    at = [solid.places[1] * height - 0.5, solid.places[0] * width - 0.5]
    laid = jnp.stack([map_coordinates(channel, at, order=1, mode="wrap") for channel in picture])
    shown = jnp.where(solid.seen, laid, jnp.float32(BACKGROUND)[:, None, None])
    return jnp.mean(shown.reshape(3, rows, fine, side, fine), axis=(2, 4))
