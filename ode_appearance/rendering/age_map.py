"""A surface whose places differ in age: every pixel is taken from the trajectory at a time of its own.

The viewer does the same (web/shaders/keyframe-blend.glsl): between two keyframes all maps are blended linearly and normals are
renormalised, and times beyond the outermost keyframes are these.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Array, Float

from ..errors import RequestError
from ..models.material import Material, check_state, compiled_maps, map_channels
from ..ode.trajectory import Trajectory, state_at

Ages = Float[np.ndarray, "h w"]
Maps = dict[str, Float[np.ndarray, "_ h w"]]


def check_ages(age: Array | np.ndarray, shape: tuple[int, ...]) -> Ages:
    """The age map of a state of this shape (height, width); raises RequestError for another, and where it is not finite."""
    ages = np.asarray(age, np.float32)
    if ages.shape != shape or not np.isfinite(ages).all():
        raise RequestError(f"An age map of this state is finite and has shape {shape}, not {ages.shape}.")
    return ages


def aged_maps(
    material: Material,
    trajectory: Trajectory | Float[Array, "channels h w"] | Float[np.ndarray, "channels h w"],
    time: float | None,
    age: Array | np.ndarray,
) -> Maps:
    """The maps (as of `decode`) in which each pixel is taken from the trajectory at `time + age` (without a time, its last)."""
    if not isinstance(trajectory, Trajectory):
        raise RequestError("An age map needs a trajectory to take its pixels from, and this is one state.")
    state = state_at(trajectory, time)
    check_state(material.config, state.shape)
    ages = check_ages(age, state.shape[1:])
    moments = (trajectory.times[-1] if time is None else np.float32(time)) + ages
    return blend(trajectory.times, lambda index: keyframe_maps(material, trajectory.states[index]), moments)


def keyframe_maps(material: Material, state: Float[np.ndarray, "channels h w"]) -> Maps:
    """`decode`, compiled, and into the computer's own memory."""
    maps = compiled_maps(map_channels(material.config), material.config.normals, state)
    return {name: np.asarray(values) for name, values in maps.items()}


def blend(times: Float[np.ndarray, " n"], maps_at: Callable[[int], Maps], moments: Ages) -> Maps:
    """Every pixel at its own moment, out of the maps of keyframes at ascending `times`.

    `maps_at(index)` is asked for those that are needed, in ascending order, each once.
    """
    moments = np.clip(moments, times[0], times[-1])
    before = np.clip(np.searchsorted(times, moments, side="right") - 1, 0, max(len(times) - 2, 0))
    known: dict[int, Maps] = {}
    blended: Maps = {}
    for index in np.unique(before).tolist():
        following = min(index + 1, len(times) - 1)
        # No more than these two are held.
        known = {needed: known[needed] if needed in known else maps_at(needed) for needed in (index, following)}
        blended = blended or {name: np.empty_like(values) for name, values in known[index].items()}
        here = before == index
        share = (moments[here] - times[index]) / max(times[following] - times[index], np.float32(1e-9))
        for name, values in blended.items():
            values[:, here] = (1 - share) * known[index][name][:, here] + share * known[following][name][:, here]
    if "normal" in blended:
        blended["normal"] /= np.linalg.norm(blended["normal"], axis=0)
    return blended
