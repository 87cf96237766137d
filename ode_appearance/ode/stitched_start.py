"""Stitched starts: states at time 0 that are new pieces of the exemplar, hidden channels included.

A checkpoint of such a material holds the exemplar's own state at time 0: its first frame, and in the hidden channels a code
of what each place becomes (training/flow/exemplar_states.py). Quilted, it is a state of any size and seed that the vector field
ages.
"""

import numpy as np
from jaxtyping import Float

from ..errors import RequestError
from ..models.material import Material
from ..ops.quilting import quilt


def stitched_start(material: Material, seed: int, size: tuple[int, int]) -> Float[np.ndarray, "channels height width"]:
    """A state of `size` (width, height) stitched from the material's own, which tiles; the same for the same seed.

    Raises RequestError for a material without one.
    """
    if material.start is None:
        raise RequestError(f"{material.name} has no state of its exemplar to stitch a start from.")
    return quilt(np.asarray(material.start, np.float32), size, seed=seed, blend=True)
