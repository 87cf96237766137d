"""Controls: images of known quality that test the judge."""

import numpy as np
from jaxtyping import Float

from .judge import Judge, Scores
from .reference_distance import quilted_time_lapse
from .target import EvaluationTarget, Picture, time_lapse_statistics

BLOCK = 4
GOOD_CONTROLS = ("mirrored", "quilted, other seed")
"""The controls that a judge has to rank before all others, except the halves, whose quality depends on the exemplar."""


def controls(judge: Judge) -> dict[str, Scores]:
    """The scores of all controls by name.

    Good controls: the exemplar itself, its mirror image, a quilt, and one half against the other. Bad controls: blocks of 4x4
    pixels averaged, pixels shuffled (equally at all times), the first frame frozen, and noise.
    """
    target, frames = judge.target, judge.target.frames
    generator = np.random.default_rng(0)
    order = generator.permutation(frames[0][0].size)
    rows = {
        "exemplar": frames,
        "mirrored": [frame[:, :, ::-1] for frame in frames],
        "quilted, other seed": quilted_time_lapse(frames, seed=1),
        "blurred": [block_means(frame) for frame in frames],
        "pixels shuffled": [frame.reshape(3, -1)[:, order].reshape(frame.shape) for frame in frames],
        "frozen": [frames[0]] * len(frames),
        "noise": [generator.random(frame.shape, np.float32) for frame in frames],
    }
    scores = {name: judge.score(pictures) for name, pictures in rows.items()}
    return {**scores, "halves": judge.scores([_halves(target)])}


def block_means(picture: Picture) -> Float[np.ndarray, "3 h w"]:
    """Replace each block of 4x4 pixels by its mean; blocks at the end may be smaller."""
    for axis in (1, 2):
        starts = np.arange(0, picture.shape[axis], BLOCK)
        widths = np.diff(np.r_[starts, picture.shape[axis]])
        shape = [-1 if i == axis else 1 for i in range(3)]
        picture = np.repeat(np.add.reduceat(picture, starts, axis) / widths.reshape(shape), widths, axis)
    return picture.astype(np.float32)


def _halves(target: EvaluationTarget):
    """The distances of the left half from the right half."""
    half = target.exemplar.size // 2
    left = time_lapse_statistics([frame[:, :, :half]] for frame in target.frames)
    return target.compare(left, time_lapse_statistics([frame[:, :, -half:]] for frame in target.frames))
