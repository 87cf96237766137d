"""The exemplar's targets: feature maps of its frames, computed once and cached."""

import collections

import jax
import jax.numpy as jnp

from ...data import ExemplarFrames
from ...perceptual.features import FeatureExtractor
from ...runtime.jit import compiled
from .step import Target

CACHE_BYTES = 1 << 30
"""Feature maps of VGG19 for 100 frames of 128x128 are 0.82 GB in float32."""


class Targets:
    """The target at each model time: feature maps for RGB textures, the picture for SVBRDFs, which are cropped at random."""

    def __init__(self, exemplar: ExemplarFrames, features: FeatureExtractor, precision: str):
        self.exemplar, self.features = exemplar, features
        self._cache: collections.OrderedDict[int, Target] = collections.OrderedDict()
        self._extract = compiled(lambda features, picture: [values.astype(precision) for values in features(picture)])

    def at(self, time: float) -> Target:
        """The target at a model time."""
        frame = self.exemplar.index_at(time)
        if frame not in self._cache:
            picture = jnp.asarray(self.exemplar.frames[frame], jnp.float32) / 255
            self._cache[frame] = picture if self.exemplar.kind == "svbrdf" else self._extract(self.features, picture)
            # Keep the latest target even if it alone exceeds the limit.
            while len(self._cache) > 1 and self._bytes() > CACHE_BYTES:
                self._cache.popitem(last=False)
        self._cache.move_to_end(frame)
        return self._cache[frame]

    def _bytes(self):
        return sum(leaf.nbytes for leaf in jax.tree.leaves(list(self._cache.values())))
