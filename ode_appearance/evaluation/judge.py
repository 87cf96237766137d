"""Scores: distances from an exemplar, as multiples of those of another piece of the same material."""

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np

from ..data import ExemplarFrames
from .reference_distance import reference
from .target import Distances, Picture, Target

_TINY = 1e-12


@dataclasses.dataclass(frozen=True)
class Scores:
    """Distances over the reference's: 1 is as close as another piece of the exemplar; less is closer.

    `score` is that of the pictures and `change_score` that of what changes between the judged times, which a frozen picture
    fails. `worst_score` and `worst_change_score` are those of the worst time, over the same mean reference.
    """

    score: float
    worst_score: float
    change_score: float
    worst_change_score: float


class Judge:
    """Scores pictures against one exemplar.

    A picture's features are the first maps of EfficientNet-Lite0, which nothing here is trained with; see `feature_maps`.
    Their distance is Fréchet's, see `Distances`; the reference, whose distance is 1, is `judge.reference.reference`.
    """

    def __init__(self, exemplar: ExemplarFrames):
        self.target = Target(exemplar)

    @functools.cached_property
    def reference(self) -> Distances:
        """The distances that count as 1."""
        return reference(self.target)

    def score(self, *samples: Sequence[Picture]) -> Scores:
        """The scores of time-lapses, one picture for each of `target.times`; of several samples, of their mean distances."""
        return self.scores([self.target.distances(pictures) for pictures in samples])

    def scores(self, distances: Sequence[Distances]) -> Scores:
        """The scores of the mean of these distances."""
        kinds = zip(zip(*distances, strict=True), self.reference, strict=True)
        ratios = [np.mean(values, axis=0) / max(np.mean(unit), _TINY) for values, unit in kinds]
        return Scores(*(rounded(value) for ratio in ratios for value in (np.mean(ratio), np.max(ratio))))

    def score_at_the_end(self, pictures: Sequence[Picture]) -> float:
        """The mean score of pictures, each against the exemplar's last frame."""
        distance = np.mean([self.target.distance_to_the_end(picture) for picture in pictures])
        return rounded(distance / max(np.mean(self.reference.pictures), _TINY))


def rounded(score) -> float:
    """As it is kept in a record."""
    return round(float(score), 3)
