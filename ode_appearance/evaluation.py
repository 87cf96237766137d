"""How close a material is to its exemplar: one fixed setup for all, whatever they were trained with.

Two halves of the same picture, interleaved like the squares of a checkerboard, differ as much as two samples of one texture
do. So the distance between a synthesised half and the exemplar's other half is told as a multiple of the distance between
the exemplar's own halves: 1 is as close as the exemplar is to itself.
"""

import collections
import dataclasses
from collections.abc import Iterator, Sequence

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .compiled import compiled
from .errors import RequestError
from .exemplar import ExemplarFrames
from .features import FeatureExtractor, load_features
from .losses import random_directions
from .sorting import sort_values

FEATURES = "vgg16"
TIMES = 20
DIRECTIONS = 256
TILES = 8
CHANGE_STEPS = 2
"""A tenth of the span, in steps of the evaluated times."""


@dataclasses.dataclass(frozen=True)
class Measures:
    """Ratios of distances (see the module), averaged over time, and the worst.

    `distance_ratio` compares the pictures; `change_ratio` how their features change over a tenth of the span, in which a
    frozen picture fails.
    """

    distance_ratio: float
    worst_distance_ratio: float
    change_ratio: float
    worst_change_ratio: float


class Evaluator:
    """The exemplar's side of the measures, found once."""

    def __init__(self, exemplar: ExemplarFrames, features: FeatureExtractor | None = None):
        """Raises FeatureError where the features (VGG16) are not installed."""
        features = load_features(FEATURES) if features is None else features
        self.times = exemplar.duration * np.arange(TIMES) / TIMES
        frames = [exemplar.frame_at(time) for time in self.times]
        self.exemplar = exemplar
        self._features = features.normalised_by(np.stack(frames))
        shapes = self._features.shapes(exemplar.size, exemplar.size)
        channels = [shape[0] for shape in shapes if min(shape[1:]) >= TILES]  # smaller maps have no tiles
        self._directions = random_directions(jax.random.PRNGKey(0), channels, DIRECTIONS)
        # Of the exemplar the white halves are kept, and how far the black ones are from them: the floors.
        self._targets = []
        for kind, maps in self._maps_and_changes(frames):
            black, white = (_sorted_half(maps, self._directions, half) for half in (0, 1))
            self._targets.append((kind, white, max(_distance(black, white), 1e-12)))

    def measure(self, pictures: Sequence[Float[np.ndarray, "3 s s"]]) -> Measures:
        """The measures of pictures at `times`, of the exemplar's size."""
        if len(pictures) != TIMES or pictures[0].shape[1:] != (self.exemplar.size,) * 2:
            raise RequestError(f"{TIMES} pictures of {self.exemplar.size} pixels are needed to be measured.")
        ratios: dict[str, list[float]] = {"picture": [], "change": []}
        for (_, maps), (kind, white, floor) in zip(self._maps_and_changes(pictures), self._targets, strict=True):
            ratios[kind].append(_distance(_sorted_half(maps, self._directions, 0), white) / floor)
        return Measures(*(round(float(value), 4) for ratio in ratios.values() for value in (np.mean(ratio), np.max(ratio))))

    def _maps_and_changes(self, pictures) -> Iterator[tuple[str, list[Float[Array, "c h w"]]]]:
        """The feature maps of each picture, and their changes over a tenth of the span; one at a time, for they are large."""
        recent = collections.deque(maxlen=CHANGE_STEPS)
        for picture in pictures:
            maps = _maps(self._features, jnp.asarray(picture))[: len(self._directions)]
            yield "picture", maps
            if len(recent) == CHANGE_STEPS:
                yield "change", [after - before for before, after in zip(recent[0], maps, strict=True)]
            recent.append(maps)


@compiled
def _maps(features, picture):
    return features(picture)


@compiled
def _sorted_half(maps, directions, half: int):
    """The sorted projections of the black half's positions (0), or of the white half's (1)."""
    halves = [checkerboard_halves(values)[half] for values in maps]
    return [sort_values(vectors @ values) for values, vectors in zip(halves, directions, strict=True)]


def checkerboard_halves(values: Float[Array, "c h w"]) -> tuple[Float[Array, "c n"], Float[Array, "c n"]]:
    """The positions on the black and on the white tiles of a checkerboard of 8x8 tiles, of equal number.

    Rows and columns beyond a multiple of 8 are left out.
    """
    channels, height, width = (values.shape[0], *(length // TILES * TILES for length in values.shape[1:]))
    tiles = values[:, :height, :width].reshape(channels, TILES, height // TILES, TILES, width // TILES)
    tiles = tiles.transpose(1, 3, 0, 2, 4).reshape(TILES * TILES, channels, -1)
    black = np.add.outer(np.arange(TILES), np.arange(TILES)).ravel() % 2 == 0

    def gathered(chosen):
        return tiles[chosen].transpose(1, 0, 2).reshape(channels, -1)

    return gathered(np.flatnonzero(black)), gathered(np.flatnonzero(~black))


def _distance(a, b) -> float:
    """Sliced Wasserstein distance, squared, of sorted projections: mean squared differences, summed over the maps."""
    return float(sum(np.mean((np.asarray(x) - np.asarray(y)) ** 2) for x, y in zip(a, b, strict=True)))
