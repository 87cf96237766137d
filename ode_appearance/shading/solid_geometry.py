"""A sphere or a cylinder that touches the plane z = 0 from behind, as the camera sees it, and web/shaders/solid.glsl."""

import math
from typing import NamedTuple

import jax.numpy as jnp
from jaxtyping import Array, Bool, Float

from ..config.schema import Camera, SurfaceKind

OUTLINE = 0.9
"""Of half the picture, as wide as a solid's outline is."""


class Facets(NamedTuple):
    """What a camera sees of a solid, along the rays through points of its picture."""

    seen: Bool[Array, "h w"]
    positions: Float[Array, "3 h w"]
    """In the coordinates of the plane that is lit."""
    axes: Float[Array, "3 3 h w"]
    """Unit vectors that point east, north and outward there."""
    places: Float[Array, "2 h w"]
    """Across and down, in states."""


def solid_of(camera: Camera) -> tuple[float, float]:
    """(radius, half the height of the cylinder) of a solid whose outline takes OUTLINE of the picture."""
    half_width = OUTLINE * camera.half_width
    sine = math.sin(math.atan(half_width / camera.distance))
    return sine * camera.distance / (1 - sine), half_width


def texels_a_pixel(kind: SurfaceKind, camera: Camera, size: tuple[int, int], tiles: tuple[int, int], side: int) -> float:
    """How many texels of a state of `size` lie on a pixel in the middle of a picture of `side` pixels, across or down."""
    radius, half_height = solid_of(camera)
    across, down = repeats(kind, tiles)
    lengths = 2 * math.pi * radius / across, (math.pi * radius if kind == "sphere" else 2 * half_height) / down
    pixel = 2 * camera.half_width / side
    return max(texels * pixel / length for texels, length in zip(size, lengths, strict=True))


def repeats(kind: SurfaceKind, tiles: tuple[int, int]) -> tuple[int, int]:
    """How often the state lies on a solid: around it, so that it is hardly stretched, and from top to bottom."""
    return (2 if kind == "sphere" else 5) * tiles[0], tiles[1]


def facets(
    kind: SurfaceKind,
    camera: Camera,
    x: Float[Array, "1 w"],
    y: Float[Array, "h 1"],
    turn: Float[Array, " 2"],
    repeats: Float[Array, " 2"],
) -> Facets:
    """Where the rays through the points (x, y) of the picture, from -1 to 1 and y upward, meet a solid.

    `turn` is in radians, about the upward axis and (a sphere) then toward the eye; `repeats` is how often the state lies on it.
    Where a ray passes by, everything but `seen` is meaningless, and finite.
    """
    radius, half_height = solid_of(camera)
    sphere = kind == "sphere"
    ray = jnp.stack(jnp.broadcast_arrays(x * camera.half_width, y * camera.half_width, -camera.distance))
    eye = _vector(0, 0, camera.distance + radius)  # from the centre of the solid
    curved = _vector(1, sphere, 1)
    a, b, c = (jnp.sum(curved * one * other, axis=0) for one, other in ((ray, ray), (eye, ray), (eye, eye)))
    inside = b**2 - a * (c - radius**2)
    point = eye + ray * (-b - jnp.sqrt(jnp.maximum(inside, 0))) / a
    outward = curved * point
    outward = outward / jnp.linalg.norm(outward, axis=0)
    own = _tilted(outward, turn[1]) if sphere else outward
    around = (jnp.arctan2(own[0], own[2]) + turn[0]) / (2 * jnp.pi)
    down = jnp.arccos(jnp.clip(own[1], -1, 1)) / jnp.pi if sphere else 0.5 - point[1] / (2 * half_height)
    places = jnp.stack([around * repeats[0] + 0.5, down * repeats[1]])
    east = jnp.stack([own[2] + 1e-6, jnp.zeros_like(own[0]), -own[0]])
    east = east / jnp.linalg.norm(east, axis=0)
    east = _tilted(east, -turn[1]) if sphere else east
    axes = jnp.stack([east, jnp.cross(outward, east, axis=0), outward])
    seen = (inside > 0) & (sphere | (jnp.abs(point[1]) < half_height))
    return Facets(seen, point - _vector(0, 0, radius), axes, places)


def _tilted(vectors, angle):
    x, y, z = vectors
    return jnp.stack([x, jnp.cos(angle) * y - jnp.sin(angle) * z, jnp.sin(angle) * y + jnp.cos(angle) * z])


def _vector(x, y, z):
    return jnp.array([x, y, z], jnp.float32)[:, None, None]
