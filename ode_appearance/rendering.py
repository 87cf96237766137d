"""A picture of a trajectory at a time, under a light."""

import functools

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from .config import Light
from .errors import RequestError
from .material import Material, check_state, map_channels, read_maps
from .shading import shade, tone_map, traceable
from .trajectory import Trajectory


def render(
    material: Material,
    trajectory: Trajectory | Float[Array, "channels h w"] | Float[np.ndarray, "channels h w"],
    *,
    time: float | None = None,
    light: Light | None = None,
) -> Float[Array, "3 h w"]:
    """Display values (3, h, w) in [0, 1] of a trajectory at a model time, or of one state.

    Between two states of the trajectory the state is interpolated linearly. The light is the one that the material was
    captured under, unless given; an RGB texture has none. Raises RequestError for a time that the trajectory does not reach,
    or a state that is not of this material.
    """
    config = material.config
    state = state_at(trajectory, time) if isinstance(trajectory, Trajectory) else trajectory
    check_state(config, state.shape)
    moving_light = traceable(config.light if light is None else light)
    return _render(config.brdf, map_channels(config), config.normals, config.camera, jnp.asarray(state), moving_light)


@functools.partial(jax.jit, static_argnums=(0, 1, 2, 3))
def _render(brdf, channels, normals, camera, state, light):
    maps = read_maps(channels, normals, state)
    if brdf is None:
        return maps["image"]
    return tone_map(shade(brdf, maps, maps["normal"], light, camera))


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
