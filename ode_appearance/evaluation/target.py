"""An exemplar as the judge sees it, and the distances of pictures from it."""

import itertools
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from ..data import ExemplarFrames
from ..errors import RequestError
from .efficientnet import feature_maps
from .frechet import Statistics, squared_distance, statistics

SHARES = (0.02, 0.35, 0.7, 0.98)
"""Where in its span a material is judged."""
_TINY = 1e-12

Picture = Float[np.ndarray, "3 _ _"]
_ByView = list[list[Statistics]]  # of one time: views, then layers


class Observed(NamedTuple):
    """The statistics of a time-lapse: of its pictures, and of what changes from each to the next, position by position."""

    pictures: list[_ByView]
    changes: list[_ByView]


class Distances(NamedTuple):
    """Squared Fréchet distances, mean over layers (and views), of the pictures at each time and of the changes after it.

    Those of pictures are multiples of the exemplar's trace of covariance, averaged over the times: alone, a plain frame has
    next to none. Those of changes are multiples of the exemplar's mean squared change, so that a frozen picture is near 1.
    """

    pictures: Float[np.ndarray, " times"]
    changes: Float[np.ndarray, " intervals"]


class Target:
    """An exemplar's frames at the judged times, and their statistics.

    `shares` of its span are judged: `times` in its own units.
    """

    def __init__(self, exemplar: ExemplarFrames, shares: Sequence[float] = SHARES):
        self.exemplar = exemplar
        self.shares = tuple(shares)
        self.times = exemplar.duration * np.array(self.shares)
        self.frames = [exemplar.frame_at(time) for time in self.times]
        self.observed = observe(self.views(frame) for frame in self.frames)
        whole = self.observed if exemplar.kind == "rgb" else observe([frame] for frame in self.frames)
        traces = [[layer.trace for layer in views[0]] for views in whole.pictures]
        energies = [[layer.trace + float(layer.mean @ layer.mean) for layer in views[0]] for views in whole.changes]
        self.scales = tuple(np.maximum(np.mean(values, axis=0), _TINY) for values in (traces, energies))
        end = exemplar.frame_at(exemplar.duration)
        self._end = observe([self.views(end)]).pictures[0]

    def views(self, picture: Picture) -> list[Picture]:
        """What is compared of a picture: the whole of it; under a flash its halves, each lit as the exemplar's same half."""
        return [picture] if self.exemplar.kind == "rgb" else list(halves(picture))

    def distances(self, pictures: Sequence[Picture]) -> Distances:
        """The distances of pictures at `times` from the exemplar's. Raises RequestError for another number or size."""
        if len(pictures) != len(self.frames) or any(picture.shape != self.frames[0].shape for picture in pictures):
            size = self.exemplar.size
            raise RequestError(f"The judge compares {len(self.frames)} pictures of {size}x{size} pixels with this exemplar.")
        return self.compare(observe(self.views(picture) for picture in pictures), self.observed)

    def distance_to_the_end(self, picture: Picture) -> float:
        """The distance of a picture from the exemplar's last frame."""
        return _distance(observe([self.views(picture)]).pictures[0], self._end, self.scales[0])

    def compare(self, a: Observed, b: Observed) -> Distances:
        """The distances of one time-lapse from another, of the same views, in this exemplar's units."""
        kinds = zip(a, b, self.scales, strict=True)
        return Distances(*(np.array([_distance(*both, scale) for both in zip(x, y, strict=True)]) for x, y, scale in kinds))


def halves(picture: Picture) -> tuple[Picture, Picture, Picture, Picture]:
    """The left, right, upper and lower half."""
    rows, columns = (length // 2 for length in picture.shape[1:])
    return picture[:, :, :columns], picture[:, :, -columns:], picture[:, :rows], picture[:, -rows:]


def observe(views_by_time: Iterable[Sequence[Picture]]) -> Observed:
    """The statistics of a time-lapse, of which each time gives the same views."""
    maps = [[feature_maps(view) for view in views] for views in views_by_time]
    changes = [
        [[y - x for x, y in zip(*view, strict=True)] for view in zip(before, after, strict=True)]
        for before, after in itertools.pairwise(maps)
    ]
    return Observed(*([[[statistics(m) for m in view] for view in views] for views in kind] for kind in (maps, changes)))


def _distance(a: _ByView, b: _ByView, scale) -> float:
    pairs = [zip(x, y, scale, strict=True) for x, y in zip(a, b, strict=True)]
    return float(np.mean([[squared_distance(x, y) / s for x, y, s in view] for view in pairs]))
