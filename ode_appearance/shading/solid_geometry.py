"""Geometry of a sphere or cylinder that touches the plane z = 0 from behind; the same as in web/shaders/solid.glsl."""

import math
from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ..config.schema import Camera, SurfaceKind

OUTLINE = 0.9
"""Half width of a solid's outline as a fraction of half the image."""


class SolidHits(NamedTuple):
    """Intersections of camera rays with a solid."""

    hit: Bool[Array, "h w"]
    positions: Float[Array, "3 h w"]
    """In the coordinate system of the plane."""
    axes: Float[Array, "3 3 h w"]
    """Unit vectors toward east, north and outward."""
    uv: Float[Array, "2 h w"]
    """Texture coordinates across and down; 1 is one state."""


def solid_size(camera: Camera) -> tuple[float, float]:
    """(radius, half the cylinder's height) of a solid with outline OUTLINE."""
    half_width = OUTLINE * camera.half_width
    sine = math.sin(math.atan(half_width / camera.distance))
    return sine * camera.distance / (1 - sine), half_width


def texels_per_pixel(kind: SurfaceKind, camera: Camera, size: tuple[int, int], tiles: tuple[int, int], side: int) -> float:
    """Texels of a state of `size` per pixel at the centre of an image of `side` pixels; the larger of across and down."""
    radius, half_height = solid_size(camera)
    across, down = texture_repeats(kind, tiles)
    lengths = 2 * math.pi * radius / across, (math.pi * radius if kind == "sphere" else 2 * half_height) / down
    pixel = 2 * camera.half_width / side
    return max(texels * pixel / length for texels, length in zip(size, lengths, strict=True))


def texture_repeats(kind: SurfaceKind, tiles: tuple[int, int]) -> tuple[int, int]:
    """Repetitions of the state around the solid (chosen for little stretching) and from top to bottom."""
    return (2 if kind == "sphere" else 5) * tiles[0], tiles[1]


def intersect_solid(
    kind: SurfaceKind,
    camera: Camera,
    x: Float[Array, "1 w"],
    y: Float[Array, "h 1"],
    turn: Float[Array, " 2"],
    repeats: Float[Array, " 2"],
) -> SolidHits:
    """Intersect rays through image points with a solid.

    Args:
        kind: "sphere" or "cylinder".
        camera: The camera.
        x: Image points from -1 to 1, to the right.
        y: Image points from -1 to 1, upward.
        turn: Rotation in radians about the upward axis and, for a sphere, then toward the camera.
        repeats: As returned by `texture_repeats`.

    Returns:
        The intersections; for rays that miss, every field but `hit` is meaningless but finite.
    """
    radius, half_height = solid_size(camera)
    sphere = kind == "sphere"
    ray = jnp.stack(jnp.broadcast_arrays(x * camera.half_width, y * camera.half_width, -camera.distance))
    eye = _vector(0, 0, camera.distance + radius)  # relative to the centre of the solid
    curved = _vector(1, sphere, 1)
    a, b, c = (jnp.sum(curved * one * other, axis=0) for one, other in ((ray, ray), (eye, ray), (eye, eye)))
    inside = b**2 - a * (c - radius**2)
    point = eye + ray * (-b - jnp.sqrt(jnp.maximum(inside, 0))) / a
    outward = curved * point
    outward = outward / jnp.linalg.norm(outward, axis=0)
    local = _tilted(outward, turn[1]) if sphere else outward
    around = (jnp.arctan2(local[0], local[2]) + turn[0]) / (2 * jnp.pi)
    down = jnp.arccos(jnp.clip(local[1], -1, 1)) / jnp.pi if sphere else 0.5 - point[1] / (2 * half_height)
    uv = jnp.stack([around * repeats[0] + 0.5, down * repeats[1]])
    east = jnp.stack([local[2] + 1e-6, jnp.zeros_like(local[0]), -local[0]])
    east = east / jnp.linalg.norm(east, axis=0)
    east = _tilted(east, -turn[1]) if sphere else east
    axes = jnp.stack([east, jnp.cross(outward, east, axis=0), outward])
    hit = (inside > 0) & (sphere | (jnp.abs(point[1]) < half_height))
    return SolidHits(hit, point - _vector(0, 0, radius), axes, uv)


def _tilted(vectors, angle):
    x, y, z = vectors
    return jnp.stack([x, jnp.cos(angle) * y - jnp.sin(angle) * z, jnp.sin(angle) * y + jnp.cos(angle) * z])


def _vector(x, y, z):
    return jnp.array([x, y, z], jnp.float32)[:, None, None]
