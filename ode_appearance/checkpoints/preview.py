"""The animated preview of a material, baked from its model."""

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
    """An animated WebP of the exemplar's span, under the light that the material was captured with.

    Raises RequestError where the model cannot be solved over that span.
    """
    times = np.linspace(0, material.config.times.duration, PREVIEW_FRAMES)
    trajectory = solve(material, seed=seed, size=(PREVIEW_SIZE, PREVIEW_SIZE), times=times)
    if trajectory.status != "complete":
        raise RequestError(f"There is no preview of {material.name}: its solve ended early ({trajectory.status}).")
    frames = [to_bytes(render(material, state)) for state in trajectory.states]
    file = io.BytesIO()
    save_animation(frames, file, "webp", seconds_per_frame=PREVIEW_SECONDS / PREVIEW_FRAMES)
    return file.getvalue()
