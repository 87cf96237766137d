"""Losses: agreement with the official ones, properties of a distance between distributions, and sorting."""

import subprocess
import sys
import threading
from pathlib import Path

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
import pytest
from formula_vgg import formula_vgg19

from ode_appearance.ops.sort import match_by_rank, sort_values
from ode_appearance.ops.xla_ffi import cpu_ffi_call
from ode_appearance.perceptual.losses import (
    gram_loss,
    gram_matrices,
    map_overflow,
    nearest_indices,
    picture_overflow,
    random_directions,
    sliced_targets,
    sliced_wasserstein,
)

REFERENCE = Path(__file__).parents[1] / "reference" / "losses.npz"


def random(seed, *shape):
    return jnp.asarray(np.random.default_rng(seed).normal(size=shape), jnp.float32)


def distance(sample, exemplar, directions):
    pixels = [values[0].size for values in sample]
    return sliced_wasserstein(sample, sliced_targets(exemplar, directions, pixels), directions)


def test_sliced_wasserstein_agrees_with_the_official_loss():
    reference = np.load(REFERENCE)
    sample, exemplar, directions = (reference[name] for name in ("features_sample", "features_exemplar", "directions"))
    ours = distance([jnp.asarray(sample)], [jnp.asarray(exemplar)], [jnp.asarray(directions)])
    np.testing.assert_allclose(ours, reference["sliced_wasserstein"], rtol=1e-5)


def test_the_gram_loss_agrees_with_the_official_loss():
    reference = np.load(REFERENCE)
    (matrix,) = gram_matrices([jnp.asarray(reference["features_sample"])])
    np.testing.assert_allclose(matrix, reference["gram_sample"], rtol=1e-4, atol=1e-6)
    features = eqx.filter_jit(formula_vgg19())
    maps, others = (features(jnp.asarray(reference[name])) for name in ("vgg_image", "vgg_image2"))
    np.testing.assert_allclose(gram_loss(maps, gram_matrices(others)), reference["gram_loss"], rtol=1e-3)


def test_distance_is_zero_for_the_same_values_in_any_order():
    values = random(0, 5, 12, 10)
    shuffled = values.reshape(5, -1)[:, np.random.default_rng(1).permutation(120)].reshape(5, 10, 12)
    directions = random_directions(jax.random.key(0), [5])
    assert distance([values], [shuffled], directions) < 1e-12
    assert gram_loss([values], gram_matrices([shuffled])) < 1e-9
    assert distance([values], [random(2, 5, 12, 10)], directions) > 1e-4


def test_distance_of_shifted_values_is_the_squared_shift():
    # The projection of a shift s onto random unit vectors has the mean square |s|^2 / c.
    values, shift = random(0, 4, 500), jnp.array([1.0, -2.0, 0.5, 3.0])[:, None]
    directions = random_directions(jax.random.key(0), [4], 4000)
    expected = float(jnp.sum(shift**2)) / 4
    assert float(distance([values + shift], [values], directions)) == pytest.approx(expected, rel=0.05)
    np.testing.assert_allclose(jnp.linalg.norm(directions[0], axis=1), 1, rtol=1e-5)
    assert [d.shape for d in random_directions(jax.random.key(0), [4, 7])] == [(4, 4), (7, 7)]


def test_its_gradient_matches_finite_differences():
    sample, exemplar = [random(0, 3, 20), random(1, 2, 30)], [random(2, 3, 20), random(3, 2, 15)]
    directions = random_directions(jax.random.key(1), [3, 2])
    targets = sliced_targets(exemplar, directions, [20, 30])
    loss = jax.jit(lambda sample: sliced_wasserstein(sample, targets, directions))
    gradient, step = jax.grad(loss)(sample), 1e-2
    slope = sum(jnp.sum(g * g) for g in gradient)
    before, after = ([x + signed * d for x, d in zip(sample, gradient, strict=True)] for signed in (-step, step))
    assert float(loss(after) - loss(before)) / (2 * step) == pytest.approx(float(slope), rel=1e-2)


def test_it_equals_the_definition_by_sorting():
    sample, exemplar = random(0, 6, 8, 8), random(1, 6, 16, 16)
    directions = random_directions(jax.random.key(1), [6])
    ours = distance([sample], [exemplar], directions)
    a, b = (jnp.sort(directions[0] @ values.reshape(6, -1)) for values in (sample, exemplar))
    np.testing.assert_allclose(ours, jnp.mean((a - b[:, 2::4]) ** 2), rtol=1e-5)


def test_nearest_indices_are_centred():
    assert nearest_indices(5, 5).tolist() == [0, 1, 2, 3, 4]
    assert nearest_indices(400, 100).tolist() == list(range(2, 400, 4))
    assert nearest_indices(2, 6).tolist() == [0, 0, 0, 1, 1, 1]


def test_sorting_sorts_and_matching_is_monotone():
    values, targets = random(0, 3, 4, 50), jnp.sort(random(1, 3, 4, 50))
    np.testing.assert_array_equal(jax.jit(sort_values)(values), np.sort(values))
    matched = jax.jit(match_by_rank)(values, targets)
    np.testing.assert_array_equal(np.take_along_axis(np.asarray(matched), np.argsort(values), -1), targets)
    # Matching a row with its own sorted values is the identity: ties, zeros of either sign, infinities.
    special = jnp.array([[0.0, -0.0, jnp.inf, -jnp.inf, 1e-40, -1e-40, 2.0, 2.0, -3.0, -3.0]])
    np.testing.assert_array_equal(match_by_rank(special, sort_values(special)) + 0.0, special + 0.0)


def test_sorting_works_under_vmap_and_passes_no_gradient():
    values, targets = random(0, 5, 3, 40), jnp.sort(random(1, 3, 40))
    each = jnp.stack([match_by_rank(row, targets) for row in values])
    np.testing.assert_array_equal(jax.vmap(match_by_rank, (0, None))(values, targets), each)
    np.testing.assert_array_equal(jax.jit(jax.vmap(sort_values, 1, 1))(values), np.sort(values))
    assert not jax.grad(lambda x: jnp.sum(match_by_rank(x, targets)))(values[0]).any()


def test_differentiation_inside_a_rematerialised_loop():
    values, targets = random(0, 4, 2, 30), jnp.sort(random(1, 2, 30))

    def cost(row):
        return jnp.mean((row - match_by_rank(row, targets)) ** 2)

    looped = jax.jit(jax.grad(lambda values: jnp.sum(jax.lax.map(jax.checkpoint(cost), values))))(values)
    np.testing.assert_allclose(looped, jax.vmap(jax.grad(cost))(values), rtol=1e-6)


def test_sorting_on_a_gpu_uses_xla():
    values = random(0, 3, 40)
    lowered = jax.jit(lambda x: match_by_rank(x, sort_values(x))).trace(values).lower(lowering_platforms=("cuda",))
    assert "callback" not in lowered.as_text() and "stablehlo.sort" in lowered.as_text()


def test_sorting_on_a_cpu_uses_a_named_ffi_target():
    values = random(0, 3, 40)
    lowered = jax.jit(lambda x: match_by_rank(x, sort_values(x))).lower(values).as_text()
    assert "@ode_appearance.match_by_rank" in lowered and "callback" not in lowered, "callbacks disable the compilation cache"


@pytest.mark.parametrize(
    ("raised", "message"),
    [(MemoryError(), "RESOURCE_EXHAUSTED: Out of memory"), (ValueError("no"), r"INTERNAL: ValueError\('no'\)")],
)
def test_exceptions_become_jax_errors(raised, message):
    def fails(values):
        raise raised

    with pytest.raises(jax.errors.JaxRuntimeError, match=message):
        jax.jit(cpu_ffi_call(f"tests.{type(raised).__name__}", fails))(random(0, 3, 40)).block_until_ready()


def test_a_keyboard_interrupt_becomes_a_jax_error():
    """In a subprocess, which an exception that escapes the handler would end."""
    program = (
        "import jax\nfrom ode_appearance.ops.xla_ffi import cpu_ffi_call\n"
        "def interrupted(values):\n    raise KeyboardInterrupt\n"
        "jax.jit(cpu_ffi_call('interrupted', interrupted))(jax.numpy.ones(3)).block_until_ready()\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "CANCELLED: KeyboardInterrupt()" in done.stderr


def test_calls_from_several_threads_do_not_deadlock():
    values = random(0, 4, 20_000)
    step = jax.jit(lambda x: match_by_rank(jnp.sin(x), sort_values(x)))

    def run():
        for _ in range(30):
            result = step(values)
        result.block_until_ready()

    threads = [threading.Thread(target=run, daemon=True) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)


def test_overflow_counts_only_values_out_of_range():
    inside = jax.nn.sigmoid(random(0, 3, 8, 8))
    assert picture_overflow(inside) == 0 and map_overflow(jnp.clip(inside, 1e-6, 1)) == 0
    outside = jnp.array([-0.5, 0.5, 1.25, 0.9])
    assert float(picture_overflow(outside)) == pytest.approx(0.75 / 4)
    assert float(map_overflow(outside)) == pytest.approx((0.25 + 0.0625) / 4, rel=1e-4)
    assert jax.grad(picture_overflow)(outside).tolist() == [-0.25, 0, 0.25, 0]
