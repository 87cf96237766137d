"""The objective of flow matching: squared differences of the vector field to known velocities.

The warm-up learns the straight path from noise to the exemplar's state at time 0. The span learns the velocity of the
exemplar's frames, plus an attraction to them, on states that the vector field itself has produced. On white noise it would
learn to smooth all detail that resembles noise; on its own errors it learns to correct these and to keep the rest.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jaxtyping import Array, Float, Int, PRNGKeyArray

Field = Callable[[Float[Array, ""], Float[Array, "channels s s"]], Float[Array, "channels s s"]]
"""dz/dt of a state at a model time: a vector field, or in tests a formula."""

BORDER = 6
"""Width in pixels of a crop's border outside the loss, since a crop is not periodic; there the states are the exemplar's."""
PATH_POWER = 1.5
"""Position on the warm-up's path at the share u of its time: 1 - (1 - u)^PATH_POWER."""
DETAIL = 2.0
"""Additional weight of fine errors: errors minus their mean over 3x3 pixels."""
REST = 0.6
"""Length of the rest after the span, as a share of the span; the exemplar does not change there."""
REST_STEPS = 3.0
"""Factor of the step length in the rest."""


class FlowExemplar(NamedTuple):
    """An exemplar's states (exemplar_states.py) on the device."""

    frames: Float[Array, "n 3 h w"]
    times: Float[Array, " n"]
    code: Float[Array, "hidden h w"]
    warmup: Float[Array, ""]
    duration: Float[Array, ""]


class Place(NamedTuple):
    """A crop of the exemplar: its top left corner and whether it is mirrored, by axis."""

    corner: Int[Array, " 2"]
    mirrored: Int[Array, " 2"]


class Walker(NamedTuple):
    """A crop that moves through the span: its model time, place, and state produced by the vector field."""

    time: Float[Array, ""]
    place: Place
    state: Float[Array, "channels s s"]


def crop(picture: Float[Array, "c h w"], place: Place, size: int) -> Float[Array, "c s s"]:
    """The part of a picture at a place."""
    part = jax.lax.dynamic_slice(picture, (0, *place.corner), (picture.shape[0], size, size))
    part = jnp.where(place.mirrored[1] > 0, part[:, :, ::-1], part)
    return jnp.where(place.mirrored[0] > 0, part[:, ::-1], part)


def random_place(key: PRNGKeyArray, exemplar: FlowExemplar, size: int) -> Place:
    """A uniformly random place."""
    corner_key, mirror_key = jax.random.split(key)
    height, width = exemplar.frames.shape[2:]
    corner = jax.random.randint(corner_key, (2,), 0, jnp.array([height - size + 1, width - size + 1]))
    return Place(corner, jax.random.randint(mirror_key, (2,), 0, 2))


def frame_and_velocity(exemplar: FlowExemplar, time: Float[Array, ""]) -> tuple[Float[Array, "3 h w"], Float[Array, "3 h w"]]:
    """The exemplar's linearly interpolated frame at a model time, and its time derivative (0 after the last frame)."""
    frames, times = exemplar.frames, exemplar.times
    index = jnp.clip(jnp.searchsorted(times, time, side="right") - 1, 0, len(times) - 2)
    length = times[index + 1] - times[index]
    share = jnp.clip((time - times[index]) / length, 0, 1)
    velocity = jnp.where(time < times[-1], (frames[index + 1] - frames[index]) / length, 0)
    return (1 - share) * frames[index] + share * frames[index + 1], velocity


def warmup_loss(field: Field, exemplar: FlowExemplar, key: PRNGKeyArray, size: int) -> Float[Array, ""]:
    """The loss of one sample of the warm-up: random time, noise and place."""
    place_key, noise_key, time_key = jax.random.split(key, 3)
    end = crop(jnp.concatenate([exemplar.frames[0], exemplar.code]), random_place(place_key, exemplar, size), size)
    noise = jax.random.normal(noise_key, end.shape)
    share = jax.random.uniform(time_key)
    position = 1 - (1 - share) ** PATH_POWER
    speed = PATH_POWER * (1 - share) ** (PATH_POWER - 1) / exemplar.warmup
    velocity = field((share - 1) * exemplar.warmup, (1 - position) * noise + position * end)
    return _inner_mean((velocity - speed * (end - noise)) ** 2)


def span_loss(
    field: Field, exemplar: FlowExemplar, walker: Walker, key: PRNGKeyArray, *, pull: float, noise: float, step: float
) -> tuple[Float[Array, ""], tuple[Walker, Float[Array, ""]]]:
    """The loss of the vector field at a walker's state.

    The target velocity is that of the exemplar at the walker's place and time, plus `pull` times the difference to the
    exemplar's state.

    Args:
        pull: attraction to the exemplar's state, per model time.
        noise: standard deviation of the noise added to the state.
        step: maximum Euler step of the walker in model time; a random share of 0.3 to 1 of it is taken.

    Returns:
        The loss, and the walker after its step with the mean squared error of its picture.
    """
    noise_key, step_key = jax.random.split(key)
    size = walker.state.shape[1]
    frame, change = frame_and_velocity(exemplar, walker.time)
    truth = crop(jnp.concatenate([frame, exemplar.code]), walker.place, size)
    change = crop(jnp.concatenate([change, jnp.zeros_like(exemplar.code)]), walker.place, size)
    state = jnp.where(_inner_mask(size), walker.state, truth)
    disturbed = state + noise * jax.random.normal(noise_key, state.shape)
    velocity = field(walker.time, disturbed)
    loss = _weighted_square(velocity - (change - pull * (disturbed - truth)))
    length = step * jax.random.uniform(step_key, minval=0.3, maxval=1.0)
    length = jnp.where(walker.time < exemplar.duration, length, REST_STEPS * length)
    moved = jax.lax.stop_gradient(state + length * velocity)
    return loss, (Walker(walker.time + length, walker.place, moved), _inner_mean((state - truth)[:3] ** 2))


def new_walker(key: PRNGKeyArray, exemplar: FlowExemplar, size: int) -> Walker:
    """A walker at the exemplar's state: at time 0 with probability 1/2, else at a random time of the span."""
    place_key, when_key, time_key = jax.random.split(key, 3)
    place = random_place(place_key, exemplar, size)
    time = jnp.where(jax.random.bernoulli(when_key), 0, 0.9 * exemplar.duration * jax.random.uniform(time_key))
    frame, _ = frame_and_velocity(exemplar, time)
    return Walker(time, place, crop(jnp.concatenate([frame, exemplar.code]), place, size))


def is_done(walker: Walker, exemplar: FlowExemplar) -> Array:
    """Whether a walker has reached the end of the rest, or its values are far out of range."""
    near = jnp.all(jnp.abs(walker.state) < 6, axis=(-1, -2, -3))
    return (walker.time > (1 + REST) * exemplar.duration) | ~near


def _inner_mask(size):
    inner = jnp.zeros((size, size), bool)
    return inner.at[BORDER : size - BORDER, BORDER : size - BORDER].set(True)


def _weighted_square(errors):
    """Mean square of errors, fine ones weighted more; the minimum is unchanged, since it is 0 for zero errors."""
    rows = errors[:, :-2] + errors[:, 1:-1] + errors[:, 2:]
    around = (rows[:, :, :-2] + rows[:, :, 1:-1] + rows[:, :, 2:]) / 9
    fine = jnp.pad(errors[:, 1:-1, 1:-1] - around, ((0, 0), (1, 1), (1, 1)))
    return _inner_mean(errors**2) + DETAIL * _inner_mean(fine**2)


def _inner_mean(values):
    return jnp.mean(values[:, BORDER : values.shape[1] - BORDER, BORDER : values.shape[2] - BORDER])
