"""The reference distance, of score 1: the distance of another piece of the same material from the exemplar."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from ..ops.quilting import quilt
from .target import Distances, EvaluationTarget, Picture, halves, time_lapse_statistics


def reference_distances(target: EvaluationTarget) -> Distances:
    """The distances with score 1.

    RGB: the distances of a quilt of the exemplar (`quilted_time_lapse`). SVBRDF: a quilt would break the falloff of the flash,
    so one half of each frame, mirrored, is compared with the other half: other material at the same distance from the light.
    """
    if target.exemplar.kind == "rgb":
        return target.distances(quilted_time_lapse(target.frames))
    mirrored, others = [], []
    for frame in target.frames:
        left, right, upper, lower = halves(frame)
        mirrored.append([left[:, :, ::-1], upper[:, ::-1]])
        others.append([right, lower])
    return target.compare(time_lapse_statistics(mirrored), time_lapse_statistics(others))


def quilted_time_lapse(frames: Sequence[Picture], seed: int = 0) -> list[Float[np.ndarray, "3 s s"]]:
    """A quilt of a time-lapse, with the same patches and cuts in all frames.

    For frames of 128 pixels, patches have 32 pixels and an overlap of 8; for other sizes they are proportional.
    """
    size = frames[0].shape[-1]
    stack = quilt(
        np.concatenate(frames), (size, size), seed=seed, patch=size // 4, overlap=size // 16, periodic=False, variety=0
    )
    return list(stack.reshape(len(frames), 3, size, size))
