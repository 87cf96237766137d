"""One map of a material as a picture, with the values in the viewer (web/shaders/lights.glsl, `channelColour`)."""

import jax.numpy as jnp
from jaxtyping import Array, Float

from ..config.request_checks import check_tiles
from ..config.schema import MaterialConfig, Surface
from ..errors import RequestError
from ..models.maps import MaterialMaps, map_channels
from ..shading.solid_unlit import map_onto_solid

LIT = "lit"
MIN_HEIGHT_RANGE = 1e-6
"""Minimum difference in pixels between the heights of black and white."""


def channel_names(config: MaterialConfig) -> tuple[str, ...]:
    """The channels that can be rendered: "lit" and, for an SVBRDF, each of its maps."""
    return (LIT,) if config.brdf is None else (LIT, *(name for name, _ in map_channels(config)), "normal")


def check_channel(config: MaterialConfig, channel: str) -> None:
    """Raise RequestError (code "unknown-channel") for a channel that the material does not have."""
    if channel not in channel_names(config):
        raise RequestError(
            f"{config.name} has no channel {str(channel)[:30]!r}; it has {', '.join(channel_names(config))}.",
            code="unknown-channel",
        )


def height_range(maps: MaterialMaps) -> tuple[float, float]:
    """(minimum, maximum) height in pixels: black and white in an image of the height map."""
    return float(maps["height"].min()), float(maps["height"].max())


def map_image(
    config: MaterialConfig,
    maps: MaterialMaps,
    channel: str,
    tiles: tuple[int, int],
    surface: Surface,
    heights: tuple[float, float] | None = None,
) -> Float[Array, "3 rows columns"]:
    """One map as an image, without lighting.

    Reflectance, roughness and metalness are linear; normals are n/2 + 1/2 in the frame of the surface; height goes from black
    to white over `heights` (default: its own range).
    """
    values = jnp.asarray(maps[channel])
    if channel == "normal":
        values = values / 2 + 0.5
    elif channel == "height":
        low, high = heights or height_range(maps)
        values = (values - low) / max(high - low, MIN_HEIGHT_RANGE)
    image = jnp.clip(jnp.broadcast_to(values, (3, *values.shape[1:])), 0, 1)
    if surface.kind != "flat":
        return jnp.asarray(map_onto_solid(image, config.camera, tiles, surface))
    across, down = check_tiles((values.shape[2], values.shape[1]), tiles)
    return jnp.tile(image, (1, down, across))
