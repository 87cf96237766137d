"""The steps: convergence orders, and agreement with `diffrax.diffeqsolve`."""

import functools

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from analytic import Formula, calm, formula, rational, rational_noise, shaken, unit_noise
from figures import figures, formula_material, relative_error

import ode_appearance as oa
from ode_appearance.config.schema import SolverConfig
from ode_appearance.ode.stepper import SOLVERS, advance, initial_position
from ode_appearance.runtime.jit import compiler_options

ORDERS = {"euler": 1, "heun": 2, "bosh3": 3, "tsit5": 5, "rkc": 2}


def final_error(method, steps):
    """The error at time 1/2 after `steps` equal steps from time -1, in double precision."""
    step = 1.5 / steps
    config = SolverConfig(method=method, step=step)
    noise, solution = rational_noise((3, 4, 4), -1.0)
    field = Formula(rational)
    position, last = initial_position(field, config, jnp.asarray(-1.0), jnp.asarray(step), jnp.asarray(noise))
    times, never = jnp.asarray([0.5, jnp.inf]), jnp.asarray(jnp.inf)
    chunk = advance(field, config, position, last, times, jnp.int32(steps + 1), never)
    assert int(chunk.saved) == 1 and not bool(chunk.failed)
    return float(np.linalg.norm(np.asarray(chunk.states[0]) - solution(0.5)))


@pytest.mark.parametrize("method", ORDERS)
def test_convergence_order(method):
    with jax.enable_x64(True):
        coarse, fine = final_error(method, 10), final_error(method, 80)
    assert np.log2(coarse / fine) / 3 == pytest.approx(ORDERS[method], abs=0.45)


@pytest.mark.parametrize("method", ORDERS)
def test_dense_output_converges(method):
    """Of third order at most, and of first order for a first-order method."""

    def error(step):
        material = formula(rational, duration=1.0, solver=SolverConfig(method=method, step=step))
        noise, solution = rational_noise((3, 4, 4), -1.0)
        times = np.linspace(-0.97, 0.96, 23)
        states = oa.solve(material, size=(4, 4), times=times, noise=jnp.asarray(noise, jnp.float32)).states
        return max(np.abs(state - solution(time)).max() for time, state in zip(times, states, strict=True))

    order = np.log2(error(0.2) / error(0.1))
    assert order > min(ORDERS[method], 3) - 0.5


SOLVER_CONFIGS = [
    SolverConfig("heun"),
    SolverConfig("bosh3"),
    SolverConfig("tsit5"),
    SolverConfig("rkc"),
    SolverConfig("heun", step=0.05),
    SolverConfig("euler"),
]


def by_diffrax(field, config, noise, times, start, end):
    """States and statistics of `diffeqsolve`, called as in the published code."""
    if config.fixed_step is None:
        dt0, control = None, diffrax.PIDController(rtol=config.rtol, atol=config.atol, pcoeff=0, icoeff=1, dcoeff=0)
    else:
        dt0, control = config.fixed_step, diffrax.ConstantStepSize()

    @functools.partial(jax.jit, compiler_options=compiler_options())
    def run(noise):
        term = diffrax.ODETerm(lambda t, y, args: field(t, y))
        solution = diffrax.diffeqsolve(
            term,
            SOLVERS[config.method](),
            t0=start,
            t1=end,
            dt0=dt0,
            y0=noise,
            saveat=diffrax.SaveAt(ts=jnp.asarray(times, jnp.float32)),
            stepsize_controller=control,
            max_steps=4096,
        )
        return solution.ys, solution.stats["num_steps"], solution.stats["num_rejected_steps"]

    return run(noise)


@pytest.mark.parametrize("config", SOLVER_CONFIGS, ids=lambda config: f"{config.method}-{config.step or config.rtol}")
def test_agreement_with_diffrax(config):
    material = formula(shaken, warmup=1.0, duration=2.0, solver=config)
    noise = unit_noise((6, 4))
    times = [-1.0, -0.93, -0.2, 0.0, 0.31, 0.32, 1.999, 2.0]
    states, steps, rejected = by_diffrax(material.vector_field, config, noise, times, -1.0, 2.0)
    ours = oa.solve(material, size=(6, 4), times=times, noise=noise)
    assert ours.status == "complete"
    assert (ours.stats["steps"], ours.stats["rejected"]) == (int(steps), int(rejected))
    assert relative_error(ours.states, states) < 1e-6
    if config.method in ("heun", "bosh3") and config.step is None:
        assert int(rejected) > 0, "the test needs rejected steps"


@pytest.mark.parametrize("name", ["rgb", "svbrdf", "rgb_tiny", "svbrdf_tiny"])
def test_the_official_solves(name):
    expected = figures("vector_fields")
    noise = jnp.asarray(expected[f"{name.removesuffix('_tiny')}/x"])
    ours = oa.solve(formula_material(name), size=(24, 16), times=expected[f"{name}/times"], noise=noise)
    assert ours.status == "complete"
    assert ours.stats["steps"] == int(expected[f"{name}/steps"])
    for state, other in zip(ours.states[..., 1::2, 2::3], expected[f"{name}/states"], strict=True):
        assert relative_error(state, other) < 1e-4


def test_a_fixed_step_is_fitted_to_the_span():
    """Equal steps fill the warm-up and the exemplar's span, none longer than requested."""
    material = formula(calm, warmup=1.0, duration=2.0, solver=SolverConfig("heun", step=0.7))
    ours = oa.solve(material, size=(4, 4), times=[2.0])
    assert ours.stats["steps"] == 5
    assert ours.stats["time"] == pytest.approx(2.0, abs=1e-6)


@pytest.mark.parametrize(("warmup", "duration", "step"), [(0.99, 4.95, 0.2), (1 / 3, 5 / 3, 0.013)])
def test_fixed_steps_keep_their_length_beyond_the_span(warmup, duration, step):
    """The step that is clipped to the span's end, by a rounding error, does not set the length of later steps."""
    material = formula(calm, warmup=warmup, duration=duration, solver=SolverConfig("heun", step=step))
    until, beyond = (oa.solve(material, size=(2, 2), times=[time]).stats["steps"] for time in (duration, 2 * duration))
    steps = np.ceil((warmup + duration) / step)
    assert until == steps
    assert beyond - until == pytest.approx(duration / (warmup + duration) * steps, abs=1.5)


@pytest.mark.parametrize("method", ["heun", "tsit5"])
def test_a_step_ends_at_the_end_of_the_span(method):
    """Requested times beyond the end do not change the steps up to it."""
    material = formula(shaken, solver=SolverConfig(method))
    until = oa.solve(material, seed=1, size=(4, 4), times=[2.0])
    beyond = oa.solve(material, seed=1, size=(4, 4), times=[2.0, 3.0])
    assert until.stats["time"] == 2.0
    np.testing.assert_array_equal(beyond.states[0], until.states[0])
