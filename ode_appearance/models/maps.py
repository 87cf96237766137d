"""SVBRDF decode: from the channels of a state to material maps."""

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..config.schema import Boundary, MaterialConfig
from ..errors import RequestError
from ..runtime.precision import in_single_precision
from ..shading.brdf import BRDF_MODELS
from ..shading.plane import normalise
from .material import Material

MAP_RANGE = (1e-6, 1.0)
"""Range of the BRDF maps: above zero, because some BRDF models divide by them."""

MaterialMaps = dict[str, Float[Array, "_ h w"]] | dict[str, Float[np.ndarray, "_ h w"]]
"""Maps by name, as returned by `decode`, in device or host memory."""


def map_channels(config: MaterialConfig) -> tuple[tuple[str, int], ...]:
    """The channel layout of a state: (map name, channel count) in order, without the hidden channels at the end."""
    if config.brdf is None:
        return (("image", 3),)
    return (*BRDF_MODELS[config.brdf].maps, ("height", 1))


@in_single_precision
def decode(
    material: Material, state: Float[Array, "channels h w"] | Float[np.ndarray, "channels h w"]
) -> dict[str, Float[Array, "_ h w"]]:
    """Decode a state into material maps.

    Args:
        material: The material.
        state: One state of the material's ODE.

    Returns:
        Maps of shape (channels, h, w) by name. An RGB texture has `image`: the display values z/2 + 1/2, clipped to [0, 1]. An
        SVBRDF has the maps of its BRDF model, z/2 + 1/2 clipped to [1e-6, 1]; `height` in pixels; and `normal`, unit vectors
        (x right, y up, z outward).

    Raises:
        RequestError: For a state of another shape than the material's. Code "wrong-shape".

    Example:
        >>> import ode_appearance as oa
        >>> material = oa.load("rusting_steel")
        >>> trajectory = oa.solve(material, size=(32, 32), times=[0.0])
        >>> {name: values.shape for name, values in oa.decode(material, trajectory.states[0]).items()}
        {'image': (3, 32, 32)}
    """
    check_state_shape(material.config, state.shape)
    return read_maps(map_channels(material.config), material.config.normals, jnp.asarray(state))


def check_state_shape(config: MaterialConfig, shape: tuple[int, ...]) -> None:
    """Raise RequestError (code "wrong-shape") unless this is the shape of a state of the material."""
    if len(shape) != 3 or shape[0] != config.architecture.channels:
        raise RequestError(
            f"The state has shape {shape}; a state of {config.name} has shape ({config.architecture.channels}, height, width).",
            code="wrong-shape",
        )


def read_maps(
    channels: tuple[tuple[str, int], ...], normals: Boundary, state: Float[Array, "channels h w"]
) -> dict[str, Float[Array, "_ h w"]]:
    """`decode` for a channel layout as returned by `map_channels`."""
    maps, start = {}, 0
    for name, count in channels:
        raw = state[start : start + count]
        if name == "height":
            maps["height"], maps["normal"] = raw, height_to_normal(raw, normals)
        else:
            maps[name] = jnp.clip(raw / 2 + 0.5, *((0, 1) if name == "image" else MAP_RANGE))
        start += count
    return maps


compiled_maps = jax.jit(read_maps, static_argnums=(0, 1))
"""`read_maps`, compiled for many states of one size."""


def height_to_normal(height: Float[Array, "1 h w"], boundary: Boundary = "published") -> Float[Array, "3 h w"]:
    """The normal map of a height map in pixels, by central differences: normalise(-dh/dx, -dh/dy, 1).

    Args:
        height: In pixels.
        boundary: Padding at the border: the edge value ("published") or periodic.

    Returns:
        Unit normals (x right, y up, z outward).
    """
    padded = jnp.pad(height[0], 1, mode="wrap" if boundary == "periodic" else "edge")
    slope_x = (padded[1:-1, 2:] - padded[1:-1, :-2]) / 2
    slope_y = (padded[:-2, 1:-1] - padded[2:, 1:-1]) / 2
    return normalise(jnp.stack([-slope_x, -slope_y, jnp.ones_like(slope_x)]))
