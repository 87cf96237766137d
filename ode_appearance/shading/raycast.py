"""The rays of a picture of a solid: how many, where they meet it, what lies there, and the picture that they make."""

import math
from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jax.scipy.ndimage import map_coordinates
from jaxtyping import Array, Float

from ..config.request_checks import MAX_PIXELS, picture_size
from ..config.schema import Camera, Surface
from .solid_geometry import Facets, facets, repeats, texels_a_pixel

BACKGROUND = tuple(level / 255 for level in (26, 24, 26))  # as in web/scripts/drawing/renderer.js
MOST_FINE = 8
MOST_RAYS = MAX_PIXELS
STRIP_RAYS = 1 << 19

Grid = tuple[int, int, int]
"""Pixels of a side, rows of a strip, and rays along a pixel's side."""


def in_strips(
    camera: Camera, size: tuple[int, int], tiles: tuple[int, int], surface: Surface, strip: Callable[..., Array]
) -> Float[np.ndarray, "3 side side"]:
    """The picture of a state of `size` (width, height), from `strip(grid, first row, turn, repeats)`, each (3, rows, side).

    Each pixel is the mean of 2x2 rays or, where texels are smaller than pixels, of more; of fewer in a very large picture.
    """
    side, _ = picture_size(size, tiles, surface)
    texels = texels_a_pixel(surface.kind, camera, size, tiles, side)
    fine = max(1, min(2 * math.ceil(texels), MOST_FINE, math.isqrt(MOST_RAYS // side**2)))
    rows = min(side, max(1, STRIP_RAYS // (side * fine**2)))
    turn, times = jnp.float32(surface.turn), jnp.float32(repeats(surface.kind, tiles))
    strips = [strip((side, rows, fine), jnp.float32(row), turn, times) for row in range(0, side, rows)]
    return np.concatenate(strips, axis=1)[:, :side]


def facets_of_strip(camera: Camera, kind: str, grid: Grid, first_row: Array, turn: Array, repeats: Array) -> Facets:
    """What the rays of a strip meet."""
    side, rows, fine = grid
    x = 2 * (jnp.arange(side * fine) + 0.5) / (side * fine) - 1
    y = 1 - 2 * (first_row + (jnp.arange(rows * fine) + 0.5) / fine) / side
    return facets(kind, camera, x[None], y[:, None], turn, repeats)


def lying_at(values: Float[Array, "c h w"], places: Float[Array, "2 ..."]) -> Float[Array, "c ..."]:
    """A state that repeats, linearly between the centres of its texels."""
    height, width = values.shape[1:]
    at = [places[1] * height - 0.5, places[0] * width - 0.5]
    return jnp.stack([map_coordinates(channel, at, order=1, mode="wrap") for channel in values])


def picture_of_strip(solid: Facets, grid: Grid, shown: Float[Array, "3 ..."]) -> Float[Array, "3 rows side"]:
    """The pixels of a strip from what its rays show, before the background."""
    side, rows, fine = grid
    shown = jnp.where(solid.seen, shown, jnp.float32(BACKGROUND)[:, None, None])
    return jnp.mean(shown.reshape(3, rows, fine, side, fine), axis=(2, 4))
