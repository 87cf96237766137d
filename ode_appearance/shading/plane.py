"""From maps to a lit picture: the surface's normals, the plane under a light, and what a display shows."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..config.schema import WHITE, BrdfName, Camera, Light
from .brdf import reflect

DISPLAY_GAMMA = 2.2


def _light_of(fixed, numbers):
    # Without the constructor: what JAX puts into a tree, traced values for instance, is not what a person may give.
    light = object.__new__(Light)
    for field, value in zip(dataclasses.fields(Light), (*numbers, *fixed), strict=True):
        object.__setattr__(light, field.name, value)
    return light


# A light is a tree of three numbers, to be moved over the plane without a new compilation or to be optimised. The rest of it
# is its structure: of the light that a material is trained under nothing else changes.
jax.tree_util.register_pytree_node(
    Light,
    lambda light: ((light.x, light.y, light.log_intensity), (light.kind, light.height, light.colour, light.orbit)),
    _light_of,
)


def traceable(light: Light, log_intensity: Float[Array, ""] | None = None) -> Light:
    """The light with arrays for numbers, to be moved without a new compilation; `log_intensity` is one to be optimised."""
    numbers = jax.tree.map(jnp.float32, light)
    if log_intensity is None:
        return numbers
    return eqx.tree_at(lambda light: light.log_intensity, numbers, log_intensity)


def normalise(vectors: Float[Array, "3 *pixels"]) -> Float[Array, "3 *pixels"]:
    """Vectors scaled to length one."""
    return vectors / jnp.linalg.norm(vectors, axis=0)


def plane(height: int, width: int, camera: Camera = Camera()) -> Float[np.ndarray, "3 h w"]:
    """Positions of the pixel centres on the plane z = 0; the outermost ones lie at -w and +w (y: times height/width)."""
    w = camera.half_width
    x = np.linspace(-1, 1, width) * w
    y = np.linspace(1, -1, height) * w * height / width
    return np.stack(np.broadcast_arrays(x, y[:, None], 0.0)).astype(np.float32)


def shade(
    brdf: BrdfName,
    maps: dict[str, Array],
    normal: Float[Array, "3 h w"],
    light: Light,
    camera: Camera = Camera(),
    *,
    positions: Float[Array, "3 h w"] | None = None,
) -> Float[Array, "3 h w"]:
    """Linear radiance toward the camera: BRDF times cosine times colour times exp(log-intensity) / distance^2.

    A directional light comes from the direction of (x, y, height), and nothing of it is lost on the way: it is not divided by
    distance^2. `maps` are those of the BRDF model, each (channels, h, w); the light's place across and its intensity may be
    traced, to be moved without a new compilation or to be optimised; `positions` says where on the plane the pixels lie, if
    not all over it. Zero where light or camera is below the surface.
    """
    if positions is None:
        positions = plane(*normal.shape[1:], camera)
    place = _point(light.x, light.y, light.height * camera.distance)
    power = jnp.exp(jnp.float32(light.log_intensity))
    if light.colour != WHITE:
        power = power * _point(*light.colour)
    return radiance(brdf, maps, normal, positions, camera, place, power, directional=light.kind == "directional")


def radiance(
    brdf: BrdfName | None,
    maps: dict[str, Array],
    normal: Float[Array, "3 h w"],
    positions: Float[Array, "3 h w"] | Float[np.ndarray, "3 h w"],
    camera: Camera,
    place: Float[Array, "3 1 1"],
    power: Float[Array, "*colour"],
    *,
    directional: bool,
    axes: Float[Array, "3 3 h w"] | None = None,
) -> Float[Array, "3 h w"]:
    """`shade` for a light at a `place`, or from the direction of it, whose `power` is its colour times its intensity.

    On a solid `axes` point east, north and outward (see solid_geometry.py), and light from behind its surface does not arrive.
    Without a BRDF the map is an `image`, the linear colour of a surface that scatters light evenly.
    """
    to_light = jnp.broadcast_to(place, positions.shape) if directional else place - positions
    to_camera = _point(0, 0, camera.distance) - positions
    squared_distance = jnp.sum(to_light**2, axis=0)
    frame = _tangent_frame(normal, None if axes is None else axes[0])
    wi = _to_local(to_light / jnp.sqrt(squared_distance), frame)
    wo = _to_local(normalise(to_camera), frame)
    visible = (wi[2] >= 0) & (wo[2] >= 0)
    if axes is not None:
        visible &= jnp.sum(to_light * axes[2], axis=0) >= 0
    reflected = power * (maps["image"] / jnp.pi * wi[2] if brdf is None else reflect(brdf, maps, wi, wo))
    return jnp.where(visible, reflected if directional else reflected / squared_distance, 0)


def tone_map(radiance: Float[Array, "3 h w"]) -> Float[Array, "3 h w"]:
    """Display values: clipped to [1e-6, 1], then to the power 1/2.2."""
    return jnp.clip(radiance, 1e-6, 1) ** (1 / DISPLAY_GAMMA)


def _point(*coordinates):
    return jnp.stack([jnp.float32(coordinate) for coordinate in coordinates])[:, None, None]


def _tangent_frame(normal, east=None):
    """Rows tangent, bitangent, normal; the tangent is the x axis, or the given one, made orthogonal to the normal."""
    if east is None:
        tangent = normalise(jnp.zeros_like(normal).at[0].set(1) - normal[0] * normal)
    else:
        tangent = normalise(east - jnp.sum(east * normal, axis=0) * normal)
    bitangent = normalise(jnp.cross(normal, tangent, axis=0))
    return jnp.stack([tangent, bitangent, normal])


def _to_local(directions, frame):
    return jnp.sum(frame * directions, axis=1)
