"""Ray casting for images of solids: sampling rate, intersection, texture lookup and averaging."""

import math
from collections.abc import Callable

import jax.numpy as jnp
import numpy as np
from jax.scipy.ndimage import map_coordinates
from jaxtyping import Array, Float

from ..config.request_checks import MAX_PIXELS, picture_size
from ..config.schema import Camera, Surface
from .solid_geometry import SolidHits, intersect_solid, texels_per_pixel, texture_repeats

BACKGROUND = tuple(level / 255 for level in (26, 24, 26))  # as in web/scripts/drawing/renderer.js
MAX_OVERSAMPLING = 8
MAX_RAYS = MAX_PIXELS
STRIP_RAYS = 1 << 19

Grid = tuple[int, int, int]
"""Image side in pixels, rows of a strip, and oversampling: rays per pixel along each axis."""


def render_in_strips(
    camera: Camera, size: tuple[int, int], tiles: tuple[int, int], surface: Surface, strip: Callable[..., Array]
) -> Float[np.ndarray, "3 side side"]:
    """The image of a solid, rendered in strips of at most STRIP_RAYS rays to bound memory.

    Each pixel is the mean of 2x2 rays; of more where texels are smaller than pixels, of fewer in a very large image.

    Args:
        camera: The camera.
        size: (width, height) of the state.
        tiles: Repetitions of the state across and down.
        surface: The solid.
        strip: From (grid, first row, turn, repeats) to an array (3, rows, side).
    """
    side, _ = picture_size(size, tiles, surface)
    texels = texels_per_pixel(surface.kind, camera, size, tiles, side)
    oversampling = max(1, min(2 * math.ceil(texels), MAX_OVERSAMPLING, math.isqrt(MAX_RAYS // side**2)))
    rows = min(side, max(1, STRIP_RAYS // (side * oversampling**2)))
    turn, repeats = jnp.float32(surface.turn), jnp.float32(texture_repeats(surface.kind, tiles))
    strips = [strip((side, rows, oversampling), jnp.float32(row), turn, repeats) for row in range(0, side, rows)]
    return np.concatenate(strips, axis=1)[:, :side]


def intersect_strip(camera: Camera, kind: str, grid: Grid, first_row: Array, turn: Array, repeats: Array) -> SolidHits:
    """The intersections of a strip's rays with the solid."""
    side, rows, oversampling = grid
    x = 2 * (jnp.arange(side * oversampling) + 0.5) / (side * oversampling) - 1
    y = 1 - 2 * (first_row + (jnp.arange(rows * oversampling) + 0.5) / oversampling) / side
    return intersect_solid(kind, camera, x[None], y[:, None], turn, repeats)


def sample_texture(values: Float[Array, "c h w"], uv: Float[Array, "2 ..."]) -> Float[Array, "c ..."]:
    """Bilinear lookup in a periodic texture; `uv` as in `SolidHits`."""
    height, width = values.shape[1:]
    at = [uv[1] * height - 0.5, uv[0] * width - 0.5]
    return jnp.stack([map_coordinates(channel, at, order=1, mode="wrap") for channel in values])


def average_rays(hits: SolidHits, grid: Grid, colours: Float[Array, "3 ..."]) -> Float[Array, "3 rows side"]:
    """The pixels of a strip: the mean of their rays' colours, over the background."""
    side, rows, oversampling = grid
    colours = jnp.where(hits.hit, colours, jnp.float32(BACKGROUND)[:, None, None])
    return jnp.mean(colours.reshape(3, rows, oversampling, side, oversampling), axis=(2, 4))
