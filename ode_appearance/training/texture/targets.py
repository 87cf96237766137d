"""What the exemplar's frames are compared by, found once each and kept."""

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
    """The target of each model time: feature maps for RGB textures, the picture for SVBRDFs, which are cropped anew."""

    def __init__(self, exemplar: ExemplarFrames, features: FeatureExtractor, precision: str):
        self.exemplar, self.features = exemplar, features
        self._known: collections.OrderedDict[int, Target] = collections.OrderedDict()
        self._extract = compiled(lambda features, picture: [values.astype(precision) for values in features(picture)])

    def at(self, time: float) -> Target:
        """The target at a model time."""
        frame = self.exemplar.index_at(time)
        if frame not in self._known:
            picture = jnp.asarray(self.exemplar.frames[frame], jnp.float32) / 255
            self._known[frame] = picture if self.exemplar.kind == "svbrdf" else self._extract(self.features, picture)
            # The latest is kept, however large it is.
            while len(self._known) > 1 and self._bytes() > CACHE_BYTES:
                self._known.popitem(last=False)
        self._known.move_to_end(frame)
        return self._known[frame]

    def _bytes(self):
        return sum(leaf.nbytes for leaf in jax.tree.leaves(list(self._known.values())))
