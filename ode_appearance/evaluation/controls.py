"""Pictures whose place in an order of quality is known: by them a judge is judged."""

import numpy as np
from jaxtyping import Float

from .judge import Judge, Scores
from .reference_distance import quilted
from .target import Picture, Target, observe

BLOCK = 4
GOOD = ("mirrored", "quilted, other seed")
"""The controls that a judge has to rank before all others but the halves, which are as good as the exemplar is even."""


def controls(judge: Judge) -> dict[str, Scores]:
    """The scores of the exemplar itself, of its mirror image, of a quilt, of one half against the other, and of worse ones.

    Worse are: means of blocks of 4 pixels, all pixels in another order (the same at all times), the first frame frozen, and
    noise.
    """
    target, frames = judge.target, judge.target.frames
    generator = np.random.default_rng(0)
    order = generator.permutation(frames[0][0].size)
    rows = {
        "exemplar": frames,
        "mirrored": [frame[:, :, ::-1] for frame in frames],
        "quilted, other seed": quilted(frames, seed=1),
        "blurred": [blocks(frame) for frame in frames],
        "pixels shuffled": [frame.reshape(3, -1)[:, order].reshape(frame.shape) for frame in frames],
        "frozen": [frames[0]] * len(frames),
        "noise": [generator.random(frame.shape, np.float32) for frame in frames],
    }
    scores = {name: judge.score(pictures) for name, pictures in rows.items()}
    return {**scores, "halves": judge.scores([_halves(target)])}


def blocks(picture: Picture) -> Float[np.ndarray, "3 h w"]:
    """Each block of 4x4 pixels replaced by its mean; what is left over at the end makes smaller blocks."""
    for axis in (1, 2):
        starts = np.arange(0, picture.shape[axis], BLOCK)
        widths = np.diff(np.r_[starts, picture.shape[axis]])
        shape = [-1 if i == axis else 1 for i in range(3)]
        picture = np.repeat(np.add.reduceat(picture, starts, axis) / widths.reshape(shape), widths, axis)
    return picture.astype(np.float32)


def _halves(target: Target):
    """Left half against right half, as they are."""
    half = target.exemplar.size // 2
    left = observe([frame[:, :, :half]] for frame in target.frames)
    return target.compare(left, observe([frame[:, :, -half:]] for frame in target.frames))
