"""The judge: scores are distances from an exemplar in units of a reference distance."""

import dataclasses
import functools
from collections.abc import Sequence

import numpy as np

from ..data import ExemplarFrames
from .reference_distance import reference_distances
from .target import Distances, EvaluationTarget, Picture

_TINY = 1e-12


@dataclasses.dataclass(frozen=True)
class Scores:
    """Distances divided by the reference distance: 1 is as close as another piece of the exemplar; lower is better."""

    score: float
    """Of the images, mean over the judged times."""
    worst_score: float
    """Of the images at the worst time."""
    change_score: float
    """Of the changes between the judged times; about as bad as possible for a frozen image."""
    worst_change_score: float
    """Of the worst change."""


class Judge:
    """Scores images against one exemplar.

    The distance is the Fréchet distance between features of EfficientNet-Lite0 (see `feature_maps` and `Distances`), which no
    training here uses. The reference distance is documented in `reference_distances`.

    Args:
        exemplar: The exemplar's frames.

    Example:
        >>> import dataclasses, pathlib, tempfile
        >>> import numpy as np, PIL.Image
        >>> import ode_appearance as oa
        >>> noise = np.random.default_rng(0).integers(0, 256, (2, 64, 64, 3), np.uint8)
        >>> file = pathlib.Path(tempfile.mkdtemp()) / "noise.gif"
        >>> frames = [PIL.Image.fromarray(frame) for frame in noise]
        >>> frames[0].save(file, save_all=True, append_images=frames[1:])
        >>> exemplar = oa.load_exemplar(file, "rgb", size=32)
        >>> judge = oa.Judge(exemplar)
        >>> judge.score([exemplar.frame_at(time) for time in judge.target.times]).score
        0.0
    """

    def __init__(self, exemplar: ExemplarFrames):
        self.target = EvaluationTarget(exemplar)

    @functools.cached_property
    def reference(self) -> Distances:
        """The distances with score 1."""
        return reference_distances(self.target)

    def score(self, *samples: Sequence[Picture]) -> Scores:
        """The scores of one or several time-lapses.

        Args:
            *samples: Time-lapses with one image in [0, 1], (3, size, size), for each of `target.times`. Distances are averaged
                over several samples.

        Raises:
            RequestError: For another number or size of images.
        """
        return self.scores([self.target.distances(pictures) for pictures in samples])

    def scores(self, distances: Sequence[Distances]) -> Scores:
        """The scores of the mean of several distances."""
        kinds = zip(zip(*distances, strict=True), self.reference, strict=True)
        ratios = [np.mean(values, axis=0) / max(np.mean(unit), _TINY) for values, unit in kinds]
        return Scores(*(round_score(value) for ratio in ratios for value in (np.mean(ratio), np.max(ratio))))

    def score_at_the_end(self, pictures: Sequence[Picture]) -> float:
        """The mean score of images, each against the exemplar's last frame."""
        distance = np.mean([self.target.distance_to_the_end(picture) for picture in pictures])
        return round_score(distance / max(np.mean(self.reference.pictures), _TINY))


def round_score(score) -> float:
    """A score with the precision of a checkpoint's metadata."""
    return round(float(score), 3)
