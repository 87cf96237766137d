"""A picture laid around a solid as it is: no light falls on it."""

import functools

import jax
import numpy as np
from jaxtyping import Array, Float

from ..config.schema import Camera, Surface
from .raycast import facets_of_strip, in_strips, lying_at, picture_of_strip


def around_solid(
    picture: Float[Array, "3 h w"], camera: Camera, tiles: tuple[int, int], surface: Surface
) -> Float[np.ndarray, "3 side side"]:
    """Where `wrapping.picture_of_solid` shows a material that is lit, a picture; through as many rays."""
    height, width = picture.shape[1:]
    strip = functools.partial(_strip, camera, surface.kind, picture)
    return in_strips(camera, (width, height), tiles, surface, strip)


@functools.partial(jax.jit, static_argnums=(0, 1, 3))
def _strip(camera, kind, picture, grid, first_row, turn, repeats):
    solid = facets_of_strip(camera, kind, grid, first_row, turn, repeats)
    return picture_of_strip(solid, grid, lying_at(picture, solid.places))
