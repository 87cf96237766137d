"""Animated preview of a material, baked from its model."""

import io

import numpy as np

from ..errors import RequestError
from ..media.encoders import save_animation, to_bytes
from ..models.material import Material
from ..ode.solve import solve
from ..rendering.render import render

PREVIEW_SIZE = 128
PREVIEW_FRAMES = 32
PREVIEW_SECONDS = 4.0


def bake_preview(material: Material, seed: int = 0) -> bytes:
    """Render the exemplar's span under the capture light.

    Args:
        material: The material.
        seed: Seed of the noise.

    Returns:
        An animated WebP of PREVIEW_SIZE x PREVIEW_SIZE.

    Raises:
        RequestError: Where the solve ends early; code "solve-ended".
    """
    times = np.linspace(0, material.config.times.duration, PREVIEW_FRAMES)
    trajectory = solve(material, seed=seed, size=(PREVIEW_SIZE, PREVIEW_SIZE), times=times)
    if trajectory.status != "complete":
        raise RequestError(f"No preview of {material.name}: its solve ended early ({trajectory.status}).", code="solve-ended")
    frames = [to_bytes(render(material, state)) for state in trajectory.states]
    file = io.BytesIO()
    save_animation(frames, file, "webp", seconds_per_frame=PREVIEW_SECONDS / PREVIEW_FRAMES)
    return file.getvalue()
