"""An image mapped onto a solid without lighting."""

import functools

import jax
import numpy as np
from jaxtyping import Array, Float

from ..config.schema import Camera, Surface
from .raycast import average_rays, intersect_strip, render_in_strips, sample_texture


def map_onto_solid(
    picture: Float[Array, "3 h w"], camera: Camera, tiles: tuple[int, int], surface: Surface
) -> Float[np.ndarray, "3 side side"]:
    """The image on the solid in place of the lit material of `solid_lit.render_solid`; the same rays."""
    height, width = picture.shape[1:]
    strip = functools.partial(_strip, camera, surface.kind, picture)
    return render_in_strips(camera, (width, height), tiles, surface, strip)


@functools.partial(jax.jit, static_argnums=(0, 1, 3))
def _strip(camera, kind, picture, grid, first_row, turn, repeats):
    hits = intersect_strip(camera, kind, grid, first_row, turn, repeats)
    return average_rays(hits, grid, sample_texture(picture, hits.uv))
