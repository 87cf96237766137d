"""Age maps: every pixel is taken from the trajectory at its own time.

As in the viewer (web/shaders/keyframe-blend.glsl): maps are interpolated linearly between two keyframes, normals are
renormalised, and times are clamped to the first and last keyframe.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Array, Float

from ..errors import RequestError
from ..models.maps import check_state_shape, compiled_maps, map_channels
from ..models.material import Material
from ..ode.trajectory import Trajectory, state_at

AgeMap = Float[np.ndarray, "h w"]
"""Model time by which each pixel is ahead."""
HostMaps = dict[str, Float[np.ndarray, "_ h w"]]
"""Material maps by name, in host memory."""


def check_ages(age: Array | np.ndarray, shape: tuple[int, ...]) -> AgeMap:
    """An age map as float32, for a state of `shape` (height, width).

    Raises:
        RequestError: For another shape (code "wrong-shape"), or values that are not finite (code "not-finite").
    """
    ages = np.asarray(age, np.float32)
    if ages.shape != shape:
        raise RequestError(f"The age map has shape {ages.shape}; for this state it has to be {shape}.", code="wrong-shape")
    if not np.isfinite(ages).all():
        raise RequestError("The age map contains NaN or infinity: use finite model times.", code="not-finite")
    return ages


def aged_maps(
    material: Material,
    trajectory: Trajectory | Float[Array, "channels h w"] | Float[np.ndarray, "channels h w"],
    time: float | None,
    age: Array | np.ndarray,
) -> HostMaps:
    """The maps with each pixel taken from the trajectory at `time + age`.

    Args:
        material: The material.
        trajectory: The keyframes.
        time: Model time; None for the trajectory's last.
        age: Model time by which each pixel is ahead, (h, w).

    Returns:
        Maps as returned by `decode`.

    Raises:
        RequestError: For one state instead of a trajectory (code "needs-trajectory"), a time outside the trajectory, or an
            invalid age map.
    """
    if not isinstance(trajectory, Trajectory):
        raise RequestError("An age map needs a trajectory, but this is a single state.", code="needs-trajectory")
    state = state_at(trajectory, time)
    check_state_shape(material.config, state.shape)
    ages = check_ages(age, state.shape[1:])
    pixel_times = (trajectory.times[-1] if time is None else np.float32(time)) + ages
    return blend_keyframes(trajectory.times, lambda index: keyframe_maps(material, trajectory.states[index]), pixel_times)


def keyframe_maps(material: Material, state: Float[np.ndarray, "channels h w"]) -> HostMaps:
    """`decode`, compiled, with the result in host memory."""
    maps = compiled_maps(map_channels(material.config), material.config.normals, state)
    return {name: np.asarray(values) for name, values in maps.items()}


def blend_keyframes(times: Float[np.ndarray, " n"], maps_at: Callable[[int], HostMaps], pixel_times: AgeMap) -> HostMaps:
    """Interpolate every pixel at its own time between keyframes.

    Args:
        times: Model times of the keyframes, ascending.
        maps_at: Returns the maps of a keyframe. Called once for each needed index, in ascending order.
        pixel_times: The model time of each pixel, (h, w).
    """
    pixel_times = np.clip(pixel_times, times[0], times[-1])
    before = np.clip(np.searchsorted(times, pixel_times, side="right") - 1, 0, max(len(times) - 2, 0))
    known: dict[int, HostMaps] = {}
    blended: HostMaps = {}
    for index in np.unique(before).tolist():
        following = min(index + 1, len(times) - 1)
        # At most two keyframes are in memory.
        known = {needed: known[needed] if needed in known else maps_at(needed) for needed in (index, following)}
        blended = blended or {name: np.empty_like(values) for name, values in known[index].items()}
        here = before == index
        share = (pixel_times[here] - times[index]) / max(times[following] - times[index], np.float32(1e-9))
        for name, values in blended.items():
            values[:, here] = (1 - share) * known[index][name][:, here] + share * known[following][name][:, here]
    if "normal" in blended:
        blended["normal"] /= np.linalg.norm(blended["normal"], axis=0)
    return blended
