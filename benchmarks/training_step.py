"""One training step as published, RGB at 128x128, against the same step in its straightforward formulation.

Straightforward: equinox's layers channels first, explicitly padded convolutions in the vector field and in the VGG network,
`diffrax.diffeqsolve` as it comes, the target's features computed anew, `jnp.sort`. Both integrate the warm-up in the same steps
and give the gradient of the same loss.
"""

import functools
from collections.abc import Iterator

import diffrax
import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from ode_appearance.config.schema import MaterialConfig
from ode_appearance.models.material import new_material
from ode_appearance.perceptual.features import FeatureExtractor, load_features
from ode_appearance.perceptual.losses import nearest_indices, picture_overflow, random_directions
from ode_appearance.runtime.jit import compiled, compiler_options
from ode_appearance.training.texture.objective import rgb_terms
from ode_appearance.training.texture.segment import integrate
from ode_appearance.training.texture.step_config import step_config
from ode_appearance.training.train_config import TrainConfig

from .baseline import baseline_solve
from .figure import Figure
from .timing import compare


def straightforward_maps(features: FeatureExtractor, picture: Float[Array, "3 h w"]) -> list[Float[Array, "_ _ _"]]:
    """The VGG features with `jnp.pad` and channels-first convolutions."""
    network = features.network
    x = (picture - network.mean[:, None, None]) / network.deviation[:, None, None]
    maps, layers = [picture], iter(zip(network.kernels, network.biases, strict=True))
    for number, block in enumerate(network.blocks):
        if number:
            x = eqx.nn.AvgPool2d(2, 2)(x)
        for _ in block:
            kernel, bias = next(layers)
            padded = jnp.pad(x, ((0, 0), (1, 1), (1, 1)), mode="reflect")
            kernel = jnp.transpose(kernel, (3, 2, 0, 1))
            x = jax.nn.relu(jax.lax.conv(padded[None], kernel, (1, 1), "VALID")[0] + bias[:, None, None])
        maps.append(x)
    return maps


def straightforward_distance(features, key, picture, target):
    """Sliced Wasserstein distance with both sides found and sorted here."""
    maps, others = straightforward_maps(features, picture), straightforward_maps(features, target)
    total = jnp.zeros(())
    for ours, theirs, directions in zip(maps, others, random_directions(key, [m.shape[0] for m in maps]), strict=True):
        a, b = (jnp.sort(directions @ values.reshape(values.shape[0], -1), axis=1) for values in (ours, theirs))
        total += jnp.mean((a - b[:, nearest_indices(b.shape[1], a.shape[1])]) ** 2)
    return total


def steps(features: FeatureExtractor, config: TrainConfig = TrainConfig()):
    """(ours, straightforward): compiled functions without arguments that return (loss, gradient)."""
    size = config.data.state_size
    field = new_material(MaterialConfig(architecture=config.architecture)).vector_field
    state = jax.random.normal(jax.random.PRNGKey(0), (config.architecture.channels, size, size))
    target = jnp.asarray(np.random.default_rng(0).random((3, size, size), np.float32))
    known = compiled(lambda features, target: features(target))(features, target)
    solver = config.solver.solver_config
    key, begin, end = jax.random.PRNGKey(1), jnp.float32(-1), jnp.float32(0)

    @functools.partial(eqx.filter_jit, compiler_options=compiler_options())
    @eqx.filter_value_and_grad
    def ours(field, features, known):
        final, _, _ = integrate(field, step_config(config, 0), key, begin, end, state)
        distance, overflow = rgb_terms(features, config.loss, key, final, known)
        return distance + config.loss.overflow_weight * overflow

    @eqx.filter_jit
    @eqx.filter_value_and_grad
    def theirs(field, features, target):
        (final,) = baseline_solve(field, solver, begin, end, config.solver.first_step, state, diffrax.SaveAt(t1=True))
        picture = final[:3] / 2 + 0.5
        distance = straightforward_distance(features, key, jnp.clip(picture, 0, 1), target)
        return distance + config.loss.overflow_weight * picture_overflow(picture)

    fast, slow = ours.lower(field, features, known).compile(), theirs.lower(field, features, target).compile()
    return lambda: fast(field, features, known), lambda: slow(field, features, target)


def figures(quick: bool) -> Iterator[Figure]:
    """Seconds of a step; in a quick run on states of 64x64."""
    features = load_features("auto")
    config = TrainConfig().replace(state_size=64) if quick else TrainConfig()
    ours, theirs = steps(features, config)
    on_cpu = jax.devices()[0].platform == "cpu"
    # One step after the other, as in a training: not each after one that takes 20 seconds, and all of the caches.
    ((seconds, _),), ((straightforward, _),) = compare([ours], 5), compare([theirs], 1 if quick and on_cpu else 3)
    size = config.data.state_size
    yield Figure(
        f"a training step, published RGB network, {size}x{size}, {features.name}",
        seconds, "s", straightforward, straightforward / seconds, 15.0 if on_cpu else None,
    )  # fmt: skip
