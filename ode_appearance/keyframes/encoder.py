"""Encode states to keyframe files, each a difference from the previous one."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Array, Float

from ..config.schema import MaterialConfig
from ..models.maps import compiled_maps, map_channels
from .codec import Quality, Texels, encode_keyframe


class Encoder:
    """Encodes the states of one material, in the order of decoding."""

    def __init__(self, config: MaterialConfig, quality: Quality = "full"):
        self._config, self._quality = config, quality
        self._previous: Texels | None = None

    def encode(self, state: Float[Array, "channels h w"] | Float[np.ndarray, "channels h w"]) -> bytes:
        """The keyframe file of a state."""
        return self.encode_maps(compiled_maps(map_channels(self._config), self._config.normals, state))

    def encode_maps(self, maps: Mapping[str, Float[Array, "_ h w"] | Float[np.ndarray, "_ h w"]]) -> bytes:
        """The keyframe file of decoded maps."""
        maps = {name: np.asarray(values) for name, values in maps.items()}
        file, self._previous = encode_keyframe(maps, self._previous, self._quality)
        return file
