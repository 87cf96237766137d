"""One map of a material as a picture, with the values in the viewer (web/shaders/lights.glsl, `channelColour`)."""

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ..config.request_checks import check_tiles
from ..config.schema import MaterialConfig, Surface
from ..errors import RequestError
from ..models.material import map_channels
from ..shading.solid_unlit import around_solid

LIT = "lit"
LEAST_RANGE = 1e-6
"""Between the heights that are black and white."""

Maps = dict[str, Array] | dict[str, np.ndarray]


def channels_of(config: MaterialConfig) -> tuple[str, ...]:
    """What can be looked at: the lit surface, and of an SVBRDF each of its maps."""
    return (LIT,) if config.brdf is None else (LIT, *(name for name, _ in map_channels(config)), "normal")


def check_channel(config: MaterialConfig, channel: str) -> None:
    """Raise RequestError for a channel that the material does not have."""
    if channel not in channels_of(config):
        raise RequestError(f"{config.name} has no channel {str(channel)[:30]!r}; it has {', '.join(channels_of(config))}.")


def heights_of(maps: Maps) -> tuple[float, float]:
    """The lowest and the highest place, which a picture of the height shows black and white."""
    return float(maps["height"].min()), float(maps["height"].max())


def picture_of_map(
    config: MaterialConfig,
    maps: Maps,
    channel: str,
    tiles: tuple[int, int],
    surface: Surface,
    heights: tuple[float, float] | None = None,
) -> Float[Array, "3 rows columns"]:
    """A map as it is: reflectances, roughness and metalness linearly, a normal as n/2 + 1/2, from its own surface, and the
    height from black to white over `heights` (without them, its own range)."""
    values = jnp.asarray(maps[channel])
    if channel == "normal":
        values = values / 2 + 0.5
    elif channel == "height":
        low, high = heights or heights_of(maps)
        values = (values - low) / max(high - low, LEAST_RANGE)
    shown = jnp.clip(jnp.broadcast_to(values, (3, *values.shape[1:])), 0, 1)
    if surface.kind != "flat":
        return jnp.asarray(around_solid(shown, config.camera, tiles, surface))
    across, down = check_tiles((values.shape[2], values.shape[1]), tiles)
    return jnp.tile(shown, (1, down, across))
