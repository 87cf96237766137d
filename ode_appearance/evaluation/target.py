"""Statistics of an exemplar, and distances of images from it."""

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
"""Judged times as fractions of the exemplar's span."""
_TINY = 1e-12

Picture = Float[np.ndarray, "3 _ _"]
_ByView = list[list[Statistics]]  # at one time: views, then layers


class TimeLapseStatistics(NamedTuple):
    """Feature statistics of the images of a time-lapse, and of the differences between consecutive images."""

    pictures: list[_ByView]
    changes: list[_ByView]


class Distances(NamedTuple):
    """Squared Fréchet distances at each judged time, mean over layers (and views)."""

    pictures: Float[np.ndarray, " times"]
    """Of the images, in units of the exemplar's trace of covariance, averaged over the times because a uniform frame has
    almost none."""
    changes: Float[np.ndarray, " intervals"]
    """Of the changes, in units of the exemplar's mean squared change, so that a frozen image is near 1."""


class EvaluationTarget:
    """An exemplar's frames at the judged times, and their statistics.

    Args:
        exemplar: The exemplar.
        shares: The judged times as fractions of its span; `times` are in the exemplar's units.
    """

    def __init__(self, exemplar: ExemplarFrames, shares: Sequence[float] = SHARES):
        self.exemplar = exemplar
        self.shares = tuple(shares)
        self.times = exemplar.duration * np.array(self.shares)
        self.frames = [exemplar.frame_at(time) for time in self.times]
        self.statistics = time_lapse_statistics(self.views(frame) for frame in self.frames)
        whole = self.statistics if exemplar.kind == "rgb" else time_lapse_statistics([frame] for frame in self.frames)
        traces = [[layer.trace for layer in views[0]] for views in whole.pictures]
        energies = [[layer.trace + float(layer.mean @ layer.mean) for layer in views[0]] for views in whole.changes]
        self.scales = tuple(np.maximum(np.mean(values, axis=0), _TINY) for values in (traces, energies))
        end = exemplar.frame_at(exemplar.duration)
        self._end = time_lapse_statistics([self.views(end)]).pictures[0]

    def views(self, picture: Picture) -> list[Picture]:
        """The compared parts of an image: for RGB the whole; for an SVBRDF its halves, so that parts of equal light compare."""
        return [picture] if self.exemplar.kind == "rgb" else list(halves(picture))

    def distances(self, pictures: Sequence[Picture]) -> Distances:
        """The distances of images at `times` from the exemplar.

        Raises:
            RequestError: For another number or size of images. Code "wrong-shape".
        """
        if len(pictures) != len(self.frames) or any(picture.shape != self.frames[0].shape for picture in pictures):
            size = self.exemplar.size
            raise RequestError(
                f"The images do not match the exemplar: {len(self.frames)} images of {size}x{size} pixels are required.",
                code="wrong-shape",
            )
        return self.compare(time_lapse_statistics(self.views(picture) for picture in pictures), self.statistics)

    def distance_to_the_end(self, picture: Picture) -> float:
        """The distance of an image from the exemplar's last frame."""
        return _distance(time_lapse_statistics([self.views(picture)]).pictures[0], self._end, self.scales[0])

    def compare(self, a: TimeLapseStatistics, b: TimeLapseStatistics) -> Distances:
        """The distances between two time-lapses with the same views, in this exemplar's units."""
        kinds = zip(a, b, self.scales, strict=True)
        return Distances(*(np.array([_distance(*both, scale) for both in zip(x, y, strict=True)]) for x, y, scale in kinds))


def halves(picture: Picture) -> tuple[Picture, Picture, Picture, Picture]:
    """The left, right, upper and lower half of an image."""
    rows, columns = (length // 2 for length in picture.shape[1:])
    return picture[:, :, :columns], picture[:, :, -columns:], picture[:, :rows], picture[:, -rows:]


def time_lapse_statistics(views_by_time: Iterable[Sequence[Picture]]) -> TimeLapseStatistics:
    """The statistics of a time-lapse with the same views at each time."""
    maps = [[feature_maps(view) for view in views] for views in views_by_time]
    changes = [
        [[y - x for x, y in zip(*view, strict=True)] for view in zip(before, after, strict=True)]
        for before, after in itertools.pairwise(maps)
    ]
    return TimeLapseStatistics(
        *([[[statistics(m) for m in view] for view in views] for views in kind] for kind in (maps, changes))
    )


def _distance(a: _ByView, b: _ByView, scale) -> float:
    pairs = [zip(x, y, scale, strict=True) for x, y in zip(a, b, strict=True)]
    return float(np.mean([[squared_distance(x, y) / s for x, y, s in view] for view in pairs]))
