"""What a score of 1 is: how far another piece of the same material is from the exemplar."""

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float

from ..ops.quilting import quilt
from .target import Distances, Picture, Target, halves, observe


def reference(target: Target) -> Distances:
    """The distances that count as 1.

    RGB: of the exemplar cut and stitched (see `quilted`). A quilt breaks the falloff of a flash, so there one half of each
    frame, mirrored, is compared with its other half: other material at the same distance from the light.
    """
    if target.exemplar.kind == "rgb":
        return target.distances(quilted(target.frames))
    mirrored, others = [], []
    for frame in target.frames:
        left, right, upper, lower = halves(frame)
        mirrored.append([left[:, :, ::-1], upper[:, ::-1]])
        others.append([right, lower])
    return target.compare(observe(mirrored), observe(others))


def quilted(frames: Sequence[Picture], seed: int = 0) -> list[Float[np.ndarray, "3 s s"]]:
    """A time-lapse quilted: one choice of patches and one cut for all frames.

    Patches are 32 pixels of 128, with an overlap of 8, and in proportion for frames of another size.
    """
    size = frames[0].shape[-1]
    stack = quilt(
        np.concatenate(frames), (size, size), seed=seed, patch=size // 4, overlap=size // 16, periodic=False, variety=0
    )
    return list(stack.reshape(len(frames), 3, size, size))
