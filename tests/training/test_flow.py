"""Flow matching: the codes, the first vector field, the losses, and trainings as a whole."""

import dataclasses
import itertools
import json

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from raising import raises

import ode_appearance as oa
from ode_appearance.checkpoints.checkpoint import load_folder
from ode_appearance.config.schema import Architecture
from ode_appearance.data import ExemplarFrames
from ode_appearance.errors import ConfigError, TrainingError
from ode_appearance.runtime import memory_budget
from ode_appearance.training.checks import check_fit, check_training
from ode_appearance.training.flow.exemplar_states import MIN_DEVIATION, exemplar_states
from ode_appearance.training.flow.flow_objective import (
    BORDER,
    DETAIL,
    FlowExemplar,
    Place,
    Walker,
    crop,
    frame_and_velocity,
    new_walker,
    span_loss,
    warmup_loss,
)
from ode_appearance.training.flow.flow_run import FINAL_SHARE, WARMUP_ITERATIONS, learning_rate
from ode_appearance.training.flow.initial_field import initial_field
from ode_appearance.training.run_dir.folder import RUN, read_request, write_request
from ode_appearance.training.train_config import TrainConfig, preset
from ode_appearance.training.trainer import train

SIZE, DURATION = 48, 4.0
ARCHITECTURE = Architecture(12, 24, (1, 2), None)
TINY = preset("flow").replace(dim=24, hidden_channels=9, iterations=12, state_size=24, exemplar_size=SIZE, batch=3, flow_pool=4,
    preview_every=0, learning_rate=0.01,
)  # fmt: skip


def rusting(frames=9):
    """Discs that grow and darken, each at its own time: a place's beginning does not tell its end, its code does."""
    y, x = np.mgrid[:SIZE, :SIZE]
    pictures = []
    for time in np.linspace(0, 1, frames):
        picture = np.full((3, SIZE, SIZE), 200.0)
        for index, (cy, cx) in enumerate(((10, 12), (30, 34), (38, 8), (14, 38))):
            radius = max(0.0, time - 0.15 * index) * 16
            inside = (y - cy) ** 2 + (x - cx) ** 2 < radius**2
            picture[:, inside] = np.array([140 - 60 * time, 70, 40])[:, None]
        pictures.append(picture + 3 * np.sin(x / 2))
    times = np.arange(frames) / frames * DURATION
    return ExemplarFrames("discs", "rgb", np.stack(pictures).astype(np.uint8), times, DURATION, DURATION / frames)


def on_device(exemplar, smoothing=0.0):
    states = exemplar_states(exemplar, 9, smoothing)
    return FlowExemplar(*map(jnp.asarray, (states.frames, states.times, states.code, np.float32(0.8), np.float32(DURATION))))


class Oracle:
    """A field that knows the exemplar: called like a vector field, at one place."""

    def __init__(self, function):
        self.function = function

    def __call__(self, time, state):
        return self.function(time, state)


# The states


def test_a_code_tells_each_pixels_history():
    """With as many components as the histories have dimensions, the histories are a linear function of the code."""
    exemplar = rusting(4)
    noise = np.random.default_rng(0).integers(0, 30, exemplar.frames.shape, np.uint8)  # else a code has fewer dimensions
    states = exemplar_states(dataclasses.replace(exemplar, frames=exemplar.frames + noise), 12, 0.0)
    histories = states.frames.reshape(12, -1)
    centred = histories - histories.mean(axis=1, keepdims=True)
    code = states.code.reshape(12, -1)
    fitted = centred @ np.linalg.pinv(code) @ code
    assert np.mean((fitted - centred) ** 2) < 1e-6 * np.mean(centred**2)
    assert states.explained == pytest.approx(1, abs=1e-6)


def test_code_channels_are_strongest_first():
    states = exemplar_states(rusting(), 9, 1.5)
    code = states.code.reshape(9, -1).astype(np.float64)
    deviations = code.std(axis=1)
    assert deviations[0] == pytest.approx(1, rel=1e-3) and (np.diff(deviations) < 1e-3).all()
    assert deviations.min() >= MIN_DEVIATION * 0.999
    assert 0.5 < exemplar_states(rusting(), 2, 1.5).explained < states.explained <= 1


def test_smoothing_is_over_time_alone():
    exemplar = rusting()
    rough, smooth = exemplar_states(exemplar, 9, 0.0).frames, exemplar_states(exemplar, 9, 2.0).frames
    np.testing.assert_allclose(rough, exemplar.frames / 127.5 - 1, atol=1e-6)
    assert np.abs(np.diff(smooth, 2, axis=0)).mean() < np.abs(np.diff(rough, 2, axis=0)).mean() / 2
    still = dataclasses.replace(exemplar, frames=np.repeat(exemplar.frames[-1:], 9, axis=0))
    np.testing.assert_allclose(exemplar_states(still, 9, 2.0).frames[0], still.frames[0] / 127.5 - 1, atol=1e-5)


@pytest.mark.parametrize(("hidden", "minimum"), [(9, 3), (10, 4), (1, 2)])
def test_an_exemplar_with_too_few_frames_is_refused(hidden, minimum):
    config = TINY.replace(hidden_channels=hidden)
    check_fit(rusting(minimum), config, None)
    with raises(TrainingError, code="too-few-frames") as caught:
        check_fit(rusting(minimum - 1), config, None)
    assert f"needs {minimum}." in str(caught.value)


# The first vector field


def test_the_first_field_passes_its_state_on():
    field = initial_field(ARCHITECTURE, 0)
    state = jax.random.normal(jax.random.PRNGKey(5), (12, 32, 32))
    velocity = eqx.filter_jit(field)(jnp.float32(-0.5), state)
    assert np.corrcoef(np.ravel(velocity), np.ravel(state))[0, 1] < -0.99
    assert float(jnp.sum(velocity * state) / jnp.sum(state**2)) == pytest.approx(-0.47, abs=0.05)


def test_a_narrow_first_field_passes_the_first_channels_on():
    field = initial_field(dataclasses.replace(ARCHITECTURE, dim=16), 0)
    state = jax.random.normal(jax.random.PRNGKey(5), (12, 32, 32))
    velocity = eqx.filter_jit(field)(jnp.float32(0.5), state)
    assert np.corrcoef(np.ravel(velocity[:8]), np.ravel(state[:8]))[0, 1] < -0.95
    assert not np.any(velocity[8:])
    assert any(np.any(block.mlp.weight) for block, *_ in field.downs)  # its blocks depend on time from the first step on


# The losses


def test_frames_and_velocities_are_those_of_the_exemplar():
    exemplar = on_device(rusting())
    interval = DURATION / 9
    frame, velocity = frame_and_velocity(exemplar, jnp.float32(2.25 * interval))
    np.testing.assert_allclose(frame, 0.75 * exemplar.frames[2] + 0.25 * exemplar.frames[3], atol=1e-5)
    np.testing.assert_allclose(velocity, (exemplar.frames[3] - exemplar.frames[2]) / interval, rtol=1e-4, atol=1e-4)
    frame, velocity = frame_and_velocity(exemplar, jnp.float32(1.5 * DURATION))
    np.testing.assert_array_equal(frame, exemplar.frames[-1])
    assert not np.any(velocity)


def test_crops_are_parts_of_the_picture():
    picture = jnp.arange(2 * 30 * 40, dtype=jnp.float32).reshape(2, 30, 40)
    plain, turned = (crop(picture, Place(jnp.array([3, 5]), jnp.array([flip, flip])), 8) for flip in (0, 1))
    np.testing.assert_array_equal(plain, picture[:, 3:11, 5:13])
    np.testing.assert_array_equal(turned, picture[:, 3:11, 5:13][:, ::-1, ::-1])


@pytest.mark.parametrize("time", [0.3, 2.1, 5.0])
def test_the_span_is_learnt_by_a_field_that_follows_the_exemplar_and_pulls_back_to_it(time):
    """Its loss is zero; that of a field without the pull is the pull of the state's error, squared."""
    exemplar = on_device(rusting())
    pull, size = 2.0, 24
    walker = new_walker(jax.random.PRNGKey(0), exemplar, size)._replace(time=jnp.float32(time))
    away = 0.1 * jax.random.normal(jax.random.PRNGKey(1), (12, size, size))
    frame, velocity = frame_and_velocity(exemplar, walker.time)
    truth = crop(jnp.concatenate([frame, exemplar.code]), walker.place, size)
    change = crop(jnp.concatenate([velocity, jnp.zeros_like(exemplar.code)]), walker.place, size)
    walker = walker._replace(state=truth + away)
    numbers = dict(pull=pull, noise=0.0, step=0.1)
    key = jax.random.PRNGKey(2)
    right = Oracle(lambda time, state: change - pull * (state - truth))
    loss, (moved, error) = span_loss(right, exemplar, walker, key, **numbers)
    assert float(loss) == pytest.approx(0, abs=1e-8)
    inner = away[:, BORDER:-BORDER, BORDER:-BORDER]
    assert float(error) == pytest.approx(float(jnp.mean(inner[:3] ** 2)), rel=1e-3)
    loss, _ = span_loss(Oracle(lambda time, state: change), exemplar, walker, key, **numbers)
    # Of noise, 8/9 of the square is what the mean of 3x3 pixels does not take away.
    assert float(loss) == pytest.approx((1 + DETAIL * 8 / 9) * pull**2 * float(jnp.mean(inner**2)), rel=0.1)
    # The walker takes the field's own Euler step, its border the exemplar's state.
    length = float(moved.time) - time
    expected = truth[:, BORDER, BORDER] + away[:, BORDER, BORDER]
    expected = expected + length * (change[:, BORDER, BORDER] - pull * away[:, BORDER, BORDER])
    np.testing.assert_allclose(moved.state[:, BORDER, BORDER], expected, rtol=1e-4, atol=1e-4)
    np.testing.assert_allclose(moved.state[:, 0, 0], truth[:, 0, 0] + length * change[:, 0, 0], rtol=1e-4, atol=1e-4)
    assert 0.3 * 0.1 <= length * (1 if time < DURATION else 1 / 3) <= 0.1 + 1e-6


def test_the_warmup_is_learnt_by_a_straight_path_from_noise_to_the_start():
    """Integrated from noise by the velocity that has no loss, the state at time 0 is the exemplar's."""
    exemplar = on_device(rusting())
    end = jnp.concatenate([exemplar.frames[0], exemplar.code])[:, :24, :24]
    whole = exemplar._replace(frames=exemplar.frames[:, :, :24, :24], code=exemplar.code[:, :24, :24])
    place_key, _, _ = jax.random.split(jax.random.PRNGKey(3), 3)

    def posterior(time, state):
        """With one place only, the noise of a state on the path is known, and so is its velocity."""
        share = time / exemplar.warmup + 1
        way = 1 - (1 - share) ** 1.5
        speed = 1.5 * (1 - share) ** 0.5 / exemplar.warmup
        noise = (state - way * target) / (1 - way)
        return speed * (target - noise)

    from ode_appearance.training.flow.flow_objective import random_place

    target = crop(end, random_place(place_key, whole, 24), 24)
    assert float(warmup_loss(Oracle(posterior), whole, jax.random.PRNGKey(3), 24)) < 1e-6
    assert float(warmup_loss(Oracle(lambda time, state: 0 * state), whole, jax.random.PRNGKey(3), 24)) > 0.1
    state, times = jax.random.normal(jax.random.PRNGKey(9), target.shape), -0.8 * np.linspace(1, 1e-6, 400)
    for time, after in itertools.pairwise(times):
        state = state + (after - time) * posterior(time, state)
    np.testing.assert_allclose(state, target, atol=0.02)


def test_walkers_end_after_a_rest_or_where_they_run_away():
    from ode_appearance.training.flow.flow_objective import REST, is_done

    exemplar = on_device(rusting())
    walker = new_walker(jax.random.PRNGKey(0), exemplar, 24)
    assert not is_done(walker._replace(time=jnp.float32((1 + REST) * DURATION - 0.01)), exemplar)
    assert is_done(walker._replace(time=jnp.float32((1 + REST) * DURATION + 0.01)), exemplar)
    assert is_done(walker._replace(state=walker.state.at[0, 0, 0].set(7.0)), exemplar)
    assert is_done(walker._replace(state=walker.state.at[0, 0, 0].set(jnp.nan)), exemplar)
    assert isinstance(walker, Walker)


# Trainings


def last(progresses):
    *_, progress = progresses
    return progress


def test_a_training_makes_a_material_that_starts_from_its_exemplar(tmp_path):
    exemplar = rusting()
    progress = last(train(exemplar, TINY, out=tmp_path / "run"))
    assert progress.status == "finished" and progress.iteration == TINY.schedule.iterations
    material = load_folder(tmp_path / "run" / "material")
    assert material.config.start == "stitched" and material.config.start_size == (SIZE, SIZE)
    states = exemplar_states(exemplar, 9, TINY.flow.flow_smoothing)
    np.testing.assert_allclose(material.start, states.start, atol=2e-3)
    trajectory = oa.solve(material, size=(32, 32), times=[0.0, DURATION])
    assert trajectory.status == "complete"
    assert oa.solve(material, start="noise", size=(32, 32), times=[-0.8, 0.0]).status == "complete"
    assert material.config.training["method"] == "flow matching"


def test_learning_lowers_both_losses():
    config = TINY.replace(iterations=300, batch=4, state_size=32, flow_pool=6, learning_rate=0.02, averaging=0.95)
    learnt = last(train(rusting(), config)).material.vector_field
    exemplar = on_device(rusting(), config.flow.flow_smoothing)
    keys = jax.random.split(jax.random.PRNGKey(7), 40)

    @jax.jit
    def losses(field, key):
        span, _ = span_loss(field, exemplar, new_walker(key, exemplar, 32), key, pull=1.7, noise=0.02, step=0.1)
        return span, warmup_loss(field, exemplar, key, 32)

    before, after = (
        np.mean([losses(field, key) for key in keys], axis=0) for field in (initial_field(config.architecture, 0), learnt)
    )
    assert (after < 0.6 * before).all(), (before, after)


def test_a_resumed_run_comes_to_the_same_weights_bit_for_bit(tmp_path):
    exemplar = rusting()
    whole = last(train(exemplar, TINY, out=tmp_path / "whole")).material
    stops = iter([False] * 4 + [True] * 100)
    part = last(train(exemplar, TINY, out=tmp_path / "part", stop=lambda: next(stops)))
    assert part.status == "stopped" and part.iteration < TINY.schedule.iterations
    resumed = last(train(exemplar, TINY, out=tmp_path / "part", resume=True)).material
    for one, other in zip(jax.tree.leaves(whole), jax.tree.leaves(resumed), strict=True):
        np.testing.assert_array_equal(one, other)


def test_an_iteration_that_is_not_finite_changes_no_weights(tmp_path):
    exemplar = rusting()
    config = TINY.replace(learning_rate=1.0, most_skipped=3, iterations=400, flow_pull=100.0)
    broken = last(train(exemplar, TINY)).material
    broken = oa.Material(jax.tree.map(lambda leaf: leaf * jnp.float32(1e30), broken.vector_field), broken.config, broken.start)
    progresses = list(train(exemplar, config, init_from=broken, out=tmp_path / "run"))
    assert progresses[-1].status == "not finite" and len(progresses) == 3
    assert progresses[-1].skipped == 3


def test_the_learning_rate_rises_and_falls():
    config = TINY.replace(iterations=1000, learning_rate=0.02)
    rates = [learning_rate(config, iteration) for iteration in range(1000)]
    assert rates[0] == pytest.approx(0.02 / WARMUP_ITERATIONS, rel=1e-3)
    assert np.argmax(rates) == pytest.approx(WARMUP_ITERATIONS, abs=10)
    assert rates[-1] == pytest.approx(0.02 * FINAL_SHARE, rel=0.01)


@pytest.mark.parametrize(
    "changes", [{"batch": 1}, {"flow_pool": 1}, {"state_size": 16}, {"kind": "svbrdf", "brdf": "diffuse_cook_torrance"}]
)
def test_numbers_that_cannot_be_are_refused(changes):
    with pytest.raises((TrainingError, ConfigError)):
        check_training(TINY.replace(**changes))


def test_flow_matching_checks_free_memory_before_it_begins(monkeypatch, tmp_path):
    monkeypatch.setattr(memory_budget, "free_device_bytes", lambda: 1)
    with raises(TrainingError, code="memory"):
        train(rusting(), TINY, out=tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_flow_matching_is_for_textures():
    with raises(ConfigError):
        preset("flow", "svbrdf")


def test_a_run_with_old_option_names_is_read(tmp_path):
    write_request(tmp_path, TrainConfig().replace(runge_kutta="bosh3"), {})
    data = json.loads((tmp_path / RUN).read_text())
    data["config"] = {
        **{name: value for name, value in data["config"].items() if not name.startswith(("flow_", "runge_kutta"))},
        "method": "bosh3",
    }
    (tmp_path / RUN).write_text(json.dumps(data))
    config, _ = read_request(tmp_path)
    assert config.solver.runge_kutta == "bosh3" and config.method == "texture"
