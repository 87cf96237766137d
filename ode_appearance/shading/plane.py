"""The lit plane: positions, radiance under one light, and tone mapping."""

import dataclasses

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..config.schema import WHITE, BrdfName, Camera, Light
from .brdf import evaluate_brdf

DISPLAY_GAMMA = 2.2


def _unflatten_light(fixed, numbers):
    # Bypasses the constructor: JAX inserts leaves, such as traced values, that are no valid arguments.
    light = object.__new__(Light)
    for field, value in zip(dataclasses.fields(Light), (*numbers, *fixed), strict=True):
        object.__setattr__(light, field.name, value)
    return light


# A light is a pytree of three numbers, so that it can be moved without recompilation, or optimised. Other fields are static:
# training changes only these three.
jax.tree_util.register_pytree_node(
    Light,
    lambda light: ((light.x, light.y, light.log_intensity), (light.kind, light.height, light.colour, light.orbit)),
    _unflatten_light,
)


def traceable(light: Light, log_intensity: Float[Array, ""] | None = None) -> Light:
    """The light with arrays as leaves, so that it can be moved without recompilation; `log_intensity` replaces its own."""
    numbers = jax.tree.map(jnp.float32, light)
    if log_intensity is None:
        return numbers
    return eqx.tree_at(lambda light: light.log_intensity, numbers, log_intensity)


def normalise(vectors: Float[Array, "3 *pixels"]) -> Float[Array, "3 *pixels"]:
    """Scale vectors to unit length."""
    return vectors / jnp.linalg.norm(vectors, axis=0)


def plane(height: int, width: int, camera: Camera = Camera()) -> Float[np.ndarray, "3 h w"]:
    """Positions of the pixel centres on the plane z = 0; x from -w to +w with w = `camera.half_width`, y times height/width."""
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
    """Linear radiance toward the camera: BRDF times cosine times colour times exp(log_intensity) / distance^2.

    Args:
        brdf: The BRDF model.
        maps: The model's maps, each (channels, h, w).
        normal: Unit normals.
        light: A directional light comes from the direction of (x, y, height) and is not divided by distance^2. Position and
            intensity may be traced (see `traceable`).
        camera: The camera.
        positions: Positions of the pixels; default: the whole plane.

    Returns:
        Linear red, green and blue; zero where the light or the camera is below the surface.
    """
    if positions is None:
        positions = plane(*normal.shape[1:], camera)
    light_position = _point(light.x, light.y, light.height * camera.distance)
    power = jnp.exp(jnp.float32(light.log_intensity))
    if light.colour != WHITE:
        power = power * _point(*light.colour)
    return radiance(brdf, maps, normal, positions, camera, light_position, power, directional=light.kind == "directional")


def radiance(
    brdf: BrdfName | None,
    maps: dict[str, Array],
    normal: Float[Array, "3 h w"],
    positions: Float[Array, "3 h w"] | Float[np.ndarray, "3 h w"],
    camera: Camera,
    light_position: Float[Array, "3 1 1"],
    power: Float[Array, "*colour"],
    *,
    directional: bool,
    axes: Float[Array, "3 3 h w"] | None = None,
) -> Float[Array, "3 h w"]:
    """`shade` for a light as arrays.

    Args:
        brdf: None for an `image` map: the linear albedo of a Lambertian surface.
        maps: As in `shade`.
        normal: Unit normals.
        positions: Positions of the pixels.
        camera: The camera.
        light_position: Position of a point light, or direction toward a directional light.
        power: Colour times intensity.
        directional: The kind of light.
        axes: On a solid, unit vectors toward east, north and outward (solid_geometry.py); light from behind the solid's
            surface is blocked.
    """
    to_light = jnp.broadcast_to(light_position, positions.shape) if directional else light_position - positions
    to_camera = _point(0, 0, camera.distance) - positions
    squared_distance = jnp.sum(to_light**2, axis=0)
    frame = _tangent_frame(normal, None if axes is None else axes[0])
    wi = _to_local(to_light / jnp.sqrt(squared_distance), frame)
    wo = _to_local(normalise(to_camera), frame)
    visible = (wi[2] >= 0) & (wo[2] >= 0)
    if axes is not None:
        visible &= jnp.sum(to_light * axes[2], axis=0) >= 0
    reflected = power * (maps["image"] / jnp.pi * wi[2] if brdf is None else evaluate_brdf(brdf, maps, wi, wo))
    return jnp.where(visible, reflected if directional else reflected / squared_distance, 0)


def tone_map(radiance: Float[Array, "3 h w"]) -> Float[Array, "3 h w"]:
    """Tone mapping to display values: clip to [1e-6, 1], then gamma 1/2.2."""
    return jnp.clip(radiance, 1e-6, 1) ** (1 / DISPLAY_GAMMA)


def _point(*coordinates):
    return jnp.stack([jnp.float32(coordinate) for coordinate in coordinates])[:, None, None]


def _tangent_frame(normal, east=None):
    """Rows tangent, bitangent, normal; the tangent is the x axis, or `east`, orthogonalised against the normal."""
    if east is None:
        tangent = normalise(jnp.zeros_like(normal).at[0].set(1) - normal[0] * normal)
    else:
        tangent = normalise(east - jnp.sum(east * normal, axis=0) * normal)
    bitangent = normalise(jnp.cross(normal, tangent, axis=0))
    return jnp.stack([tangent, bitangent, normal])


def _to_local(directions, frame):
    return jnp.sum(frame * directions, axis=1)
