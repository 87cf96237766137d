"""A picture of a trajectory at a time, under a light."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .config import Light
from .errors import RequestError
from .material import Material, check_state, map_channels, read_maps
from .shading import normalise, shade, tone_map, traceable
from .trajectory import Trajectory


def render(
    material: Material,
    trajectory: Trajectory | Float[Array, "channels h w"] | Float[np.ndarray, "channels h w"],
    *,
    time: float | None = None,
    light: Light | None = None,
    age: Float[Array, "h w"] | Float[np.ndarray, "h w"] | None = None,
) -> Float[Array, "3 h w"]:
    """Display values (3, h, w) in [0, 1] of a trajectory at a model time, or of one state.

    Between two states of the trajectory the state is interpolated linearly. The light is the one that the material was
    captured under, unless given; an RGB texture has none. `age` is the model time that each pixel of a trajectory is ahead
    (see `aged_maps`). Raises RequestError for a time that the trajectory does not reach, a state that is not of this material,
    or an age map that is not of its size.
    """
    config = material.config
    moving_light = traceable(config.light if light is None else light)
    if age is not None:
        return _light(config.brdf, config.camera, aged_maps(material, trajectory, time, age), moving_light)
    state = state_at(trajectory, time) if isinstance(trajectory, Trajectory) else trajectory
    check_state(config, state.shape)
    return _render(config.brdf, map_channels(config), config.normals, config.camera, jnp.asarray(state), moving_light)


@functools.partial(jax.jit, static_argnums=(0, 1, 2, 3))
def _render(brdf, channels, normals, camera, state, light):
    return _light(brdf, camera, read_maps(channels, normals, state), light)


@functools.partial(jax.jit, static_argnums=(0, 1))
def _light(brdf, camera, maps, light):
    if brdf is None:
        return maps["image"]
    return tone_map(shade(brdf, maps, maps["normal"], light, camera))


def aged_maps(
    material: Material,
    trajectory: Trajectory | Float[Array, "channels h w"] | Float[np.ndarray, "channels h w"],
    time: float | None,
    age: Float[Array, "h w"] | Float[np.ndarray, "h w"],
) -> dict[str, Float[Array, "_ h w"]]:
    """The maps (as of `decode`) in which each pixel is taken from the trajectory at `time + age` (without a time, its last).

    Times beyond the trajectory's are its outermost. Between two of its times every map is blended linearly; normals are those
    of the two states, blended and renormalised.
    """
    if not isinstance(trajectory, Trajectory):
        raise RequestError("An age map needs a trajectory to take its pixels from, and this is one state.")
    state = state_at(trajectory, time)
    check_state(material.config, state.shape)
    age = np.asarray(age, np.float32)
    if age.shape != state.shape[1:] or not np.isfinite(age).all():
        raise RequestError(f"An age map of this state is finite and has shape {state.shape[1:]}, not {age.shape}.")
    times = trajectory.times
    moments = np.clip((times[-1] if time is None else np.float32(time)) + age, times[0], times[-1])
    maps: dict[str, Array] = {}
    for own, state in zip(np.eye(len(times)), trajectory.states, strict=True):
        # A keyframe's weight falls linearly to zero at its neighbours: a pixel's weights sum to one.
        weight = np.interp(moments, times, own).astype(np.float32)
        if weight.any():
            decoded = _read_maps(map_channels(material.config), material.config.normals, state)
            maps = {name: maps.get(name, 0) + weight * values for name, values in decoded.items()}
    return {**maps, "normal": normalise(maps["normal"])} if "normal" in maps else maps


_read_maps = jax.jit(read_maps, static_argnums=(0, 1))


def state_at(trajectory: Trajectory, time: float | None) -> Float[np.ndarray, "channels h w"]:
    """The state at a model time, linear between the trajectory's own; without a time, its last."""
    if len(trajectory.times) == 0:
        raise RequestError("The trajectory is empty: its solve ended before it reached any of its times.")
    first, last = float(trajectory.times[0]), float(trajectory.times[-1])
    time = last if time is None else float(np.float32(time))
    if not first <= time <= last:
        raise RequestError(f"The trajectory reaches from time {first:g} to {last:g}; {time:g} is outside.")
    after = int(np.searchsorted(trajectory.times, time))
    if trajectory.times[after] == time:
        return trajectory.states[after]
    before = after - 1
    share = (time - trajectory.times[before]) / (trajectory.times[after] - trajectory.times[before])
    return (1 - share) * trajectory.states[before] + share * trajectory.states[after]
