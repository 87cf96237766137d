"""Stitched starts: states at time 0 quilted from the exemplar, hidden channels included.

The checkpoint of such a material has the exemplar's state at time 0: its first frame and, in the hidden channels, an encoding
of each pixel's future (training/flow/exemplar_states.py). Quilting makes initial states of any size and seed from it.
"""

import numpy as np
from jaxtyping import Float

from ..errors import RequestError
from ..models.material import Material
from ..ops.quilting import quilt


def stitched_start(material: Material, seed: int, size: tuple[int, int]) -> Float[np.ndarray, "channels height width"]:
    """A periodic state quilted from the material's `start`; deterministic.

    Args:
        material: A material with a `start`.
        seed: Of the quilt.
        size: (width, height) in pixels.

    Raises:
        RequestError: For a material without a `start`. Code "no-start".
    """
    if material.start is None:
        raise RequestError(f"{material.name} has no exemplar state to stitch a start from: start from noise.", code="no-start")
    return quilt(np.asarray(material.start, np.float32), size, seed=seed, blend=True)
