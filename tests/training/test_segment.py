"""Segments: in equal steps of a length that is drawn, as many as theirs asks for, or in the steps that diffrax takes."""

import dataclasses
import typing

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ode_appearance.config.option_groups import options_of, replace_options
from ode_appearance.ode.stepper import SOLVERS
from ode_appearance.training.texture.segment import integrate
from ode_appearance.training.texture.step_config import StepConfig, step_config
from ode_appearance.training.train_config import PRESETS, TrainConfig, preset

CONFIG = TrainConfig().replace(runge_kutta="bosh3", coarsest_step=0.4, max_steps=64)


class Decay(eqx.Module):
    """dz/dt = -rate z."""

    rate: jax.Array

    def __call__(self, t, z):
        return -self.rate * z


@eqx.filter_jit
def decayed(rate, key, end, config=CONFIG):
    final, _, steps = integrate(Decay(rate), step_config(config, 0), key, jnp.zeros(()), end, jnp.ones((1, 2, 2)))
    return final[0, 0, 0], steps


def test_the_steps_are_as_many_as_their_length_asks_for():
    taken = {int(decayed(jnp.ones(()), jax.random.PRNGKey(seed), jnp.float32(2))[1]) for seed in range(40)}
    assert min(taken) >= 5 and max(taken) <= 20  # 2 in steps of at most 0.4, and of 0.1
    assert min(taken) <= 7 and max(taken) >= 16  # coarse and fine ones
    assert decayed(jnp.ones(()), jax.random.PRNGKey(0), jnp.float32(0.01))[1] == 1


def test_they_end_where_the_segment_does_and_their_gradient_is_that_of_the_solution():
    for seed in range(4):
        value, gradient = eqx.filter_value_and_grad(lambda rate, seed=seed: decayed(
            rate, jax.random.PRNGKey(seed), jnp.float32(1.5))[0])(jnp.float32(0.7))  # fmt: skip
        assert value == pytest.approx(np.exp(-0.7 * 1.5), rel=2e-3)
        assert gradient == pytest.approx(-1.5 * np.exp(-0.7 * 1.5), rel=5e-3)


@pytest.mark.parametrize("kind", ["rgb", "svbrdf"])
@pytest.mark.parametrize("name", [name for name in PRESETS if name != "flow"])
def test_a_segment_may_take_as_many_steps_as_published(name, kind):
    """diffrax gives up after 4,096 steps by default, and so does the published training."""
    config = preset(name, kind).replace(runge_kutta="heun", tolerance=1e-6, coarsest_step=0.0)
    (value, steps), gradient = jax.value_and_grad(
        lambda rate: decayed(rate, jax.random.PRNGKey(0), jnp.float32(1.5), config), has_aux=True
    )(jnp.float32(0.7))
    assert 256 < steps < 4096 == config.solver.max_steps
    assert value == pytest.approx(np.exp(-0.7 * 1.5), rel=1e-4)
    assert gradient == pytest.approx(-1.5 * np.exp(-0.7 * 1.5), rel=1e-3)


def test_the_memory_does_not_grow_with_the_steps_allowed():
    def bytes_of(most):
        wanted = step_config(TrainConfig().replace(tolerance=1e-6, max_steps=most), 0)
        state = jnp.ones((4, 32, 32))

        def square(rate):
            return jnp.sum(integrate(Decay(rate), wanted, jax.random.PRNGKey(0), jnp.zeros(()), jnp.ones(()), state)[0] ** 2)

        return jax.jit(jax.grad(square)).lower(jnp.ones(())).compile().memory_analysis().temp_size_in_bytes

    assert bytes_of(4096) < 1.05 * bytes_of(64)


@pytest.mark.parametrize("coarsest_step", [0.0, 0.4])
@pytest.mark.parametrize("stacked", [False, True])
def test_no_callback_keeps_it_out_of_the_compilation_cache(coarsest_step, stacked):
    config = CONFIG.replace(coarsest_step=coarsest_step)
    gradient = jax.grad(lambda rate, key: decayed(rate, key, jnp.float32(1.5), config)[0])
    gradients = jax.jit(jax.vmap(gradient) if stacked else gradient)
    inputs = (jnp.ones(()), jax.random.PRNGKey(0))
    if stacked:
        inputs = jax.tree.map(lambda array: jnp.stack([array, array]), inputs)
    assert "callback" not in gradients.lower(*inputs).as_text()


def test_the_last_iterations_are_controlled_by_the_tolerance():
    config = CONFIG.replace(iterations=1000, refining=0.25)
    assert step_config(config, 749).solver.coarsest_step == 0.4
    assert step_config(config, 750).solver.coarsest_step == 0
    assert step_config(config.replace(refining=0.0), 999).solver.coarsest_step == 0.4
    assert step_config(config, 0) == step_config(config.replace(refining=0.5), 499)  # compiled once


def test_the_regularisers_are_the_integrals_of_their_formulas():
    config = step_config(TrainConfig().replace(runge_kutta="tsit5", tolerance=1e-5, kinetic_weight=1.0, jacobian_weight=1.0), 0)
    rate, end, key = 0.7, 1.5, jax.random.PRNGKey(3)
    state = jax.random.normal(jax.random.PRNGKey(4), (2, 8, 8))
    _, integrals, _ = eqx.filter_jit(integrate)(Decay(jnp.float32(rate)), config, key, jnp.zeros(()), jnp.float32(end), state)
    kinetic = jnp.mean(state**2) * rate / 4 * (1 - np.exp(-2 * rate * end))  # of (rate z)^2 / 2, z = exp(-rate t)
    jacobian = rate**2 * end * jnp.mean(jax.random.normal(key, state.shape) ** 2)
    np.testing.assert_allclose(integrals, [kinetic, jacobian], rtol=1e-3)


class Turning(eqx.Module):
    """dz/dt = tanh(weight z) cos 3t."""

    weight: jax.Array

    def __call__(self, t, z):
        return jnp.tanh(self.weight * z) * jnp.cos(3 * t)


def solved_by_diffrax(field, config, state):
    control = diffrax.PIDController(rtol=config.solver.tolerance, atol=config.solver.tolerance, pcoeff=0, icoeff=1, dcoeff=0)
    term = diffrax.ODETerm(lambda t, z, field: field(t, z))
    solver, step = SOLVERS[config.solver.runge_kutta](), config.solver.first_step
    return diffrax.diffeqsolve(term, solver, 0.0, 1.5, step, state, field, stepsize_controller=control)


@pytest.mark.parametrize("method", ["heun", "bosh3", "tsit5"])
def test_steps_and_gradients_are_those_of_diffrax(method):
    config = step_config(TrainConfig().replace(runge_kutta=method, tolerance=1e-3), 0)
    field, state = Turning(jnp.float32(0.8)), jax.random.normal(jax.random.PRNGKey(0), (2, 8, 8))

    def ours(field):
        final, _, steps = integrate(field, config, jax.random.PRNGKey(0), jnp.zeros(()), jnp.float32(1.5), state)
        return jnp.sum(final**2), (final, steps)

    def theirs(field):
        solution = solved_by_diffrax(field, config, state)
        return jnp.sum(solution.ys[-1] ** 2), (solution.ys[-1], solution.stats["num_steps"])

    (_, (final, steps)), gradient = eqx.filter_jit(eqx.filter_value_and_grad(ours, has_aux=True))(field)
    (_, (expected, number)), wanted = eqx.filter_jit(eqx.filter_value_and_grad(theirs, has_aux=True))(field)
    assert abs(steps - number) <= 1 and number > 3
    # An error estimate near rounding makes other steps; what they come to differs far less than the tolerance.
    np.testing.assert_allclose(final, expected, rtol=1e-4, atol=3e-4)  # one step more or less moves it by the tolerance
    np.testing.assert_allclose(gradient.weight, wanted.weight, rtol=1e-3)


def test_a_step_is_compiled_for_the_options_of_its_groups_alone():
    """Every option of a group that the step takes changes its key; no other option does."""
    options = options_of(TrainConfig)
    taken = {field.name for field in dataclasses.fields(StepConfig)}
    assert taken == {"loss", "solver", "optimiser"}
    for name, option in options.items():
        if not option.group or name in ("refining", "iterations"):
            continue
        if isinstance(option.default, bool):
            other = not option.default
        elif isinstance(option.default, int | float):
            other = option.default + 1
        elif isinstance(option.default, tuple):
            other = (*option.default, 1)
        elif type(None) in typing.get_args(option.hint):
            other = None
        else:
            other = next(choice for choice in typing.get_args(option.hint) if choice != option.default)
        config = TrainConfig()
        changed = replace_options(config, {name: other})
        if option.group in taken:
            assert step_config(changed, 0) != step_config(config, 0), name
        else:
            assert step_config(changed, 0) == step_config(config, 0), name
