"""f(t, z) at the published sizes: ours, the straightforward formulation, PyTorch, and what the machine can do."""

from collections.abc import Callable, Iterator

import equinox as eqx
import jax
import jax.numpy as jnp
from jax import lax
from jaxtyping import Array, Float

from ode_appearance.config.schema import Architecture
from ode_appearance.models.unet import VectorField
from ode_appearance.runtime.jit import compiler_options

from . import pytorch
from .arithmetic import matrix_product, multiply_adds
from .baseline import baseline
from .figure import Figure
from .timing import compare

PUBLISHED = {"RGB": Architecture(), "SVBRDF": Architecture(18, 64, (1, 2), None)}
"""The published networks."""
SIZE = 256
# Those of ours that one call takes, and of the straightforward formulation, which is slow in a loop.
_EVALUATIONS, _FEW = 4, 2

Formulation = Callable[[VectorField, Float[Array, ""], Float[Array, "c h w"]], Float[Array, "c h w"]]


def ours(field: VectorField, t: Float[Array, ""], z: Float[Array, "c h w"]) -> Float[Array, "c h w"]:
    """The library's own formulation of f."""
    return field(t, z)


def published_field(kind: str) -> VectorField:
    """A published network with random weights, none of them zero."""
    field = VectorField(PUBLISHED[kind], key=jax.random.PRNGKey(0))
    leaves, structure = jax.tree.flatten(field)
    keys = jax.random.split(jax.random.PRNGKey(1), len(leaves))
    return jax.tree.unflatten(
        structure, [leaf + 0.01 * jax.random.normal(key, leaf.shape) for leaf, key in zip(leaves, keys, strict=True)]
    )


def noise(field: VectorField, size: int) -> Float[Array, "c h w"]:
    """A square state of standard normal noise."""
    return jax.random.normal(jax.random.PRNGKey(2), (field.architecture.channels, size, size))


def evaluations(formulation: Formulation, field: VectorField, z: Float[Array, "c h w"], count: int) -> Callable[[], Array]:
    """A compiled function that evaluates f `count` times: once by itself, or several times in a loop as solvers do."""

    def once(field, z):
        return formulation(field, jnp.float32(0.3), z)

    def many(field, z):
        return lax.fori_loop(0, count, lambda _, z: z + 0.01 * once(field, z), z)

    options = compiler_options() if formulation is ours else None
    compiled = eqx.filter_jit(once if count == 1 else many, compiler_options=options).lower(field, z).compile()
    return lambda: compiled(field, z)


def figures(quick: bool) -> Iterator[Figure]:
    """Milliseconds of f."""
    on_cpu = jax.devices()[0].platform == "cpu"
    goal = 6.0 if on_cpu else 2.0
    for kind in PUBLISHED:
        field = published_field(kind)
        z = noise(field, SIZE)
        title = f"f, published {kind} network, {SIZE}x{SIZE}"
        few = _FEW if on_cpu else _EVALUATIONS
        product, product_multiply_adds = matrix_product()
        looped = [evaluations(ours, field, z, _EVALUATIONS), product]
        looped += [_torch_call(field, z)] if on_cpu and pytorch.available() else []
        (mine, _), (multiplying, _), *torch_seconds = compare(looped, 3 if quick else 7)
        slow = evaluations(baseline, field, z, few)
        (straightforward, _), *_ = compare([slow], 1 if quick else 3)
        each = mine / _EVALUATIONS
        yield _milliseconds(f"{title}, in a loop as in a solver", each, straightforward / few, None, goal)
        for seconds, ratio in torch_seconds:
            yield _milliseconds(f"{title}, in a loop; baseline PyTorch", each, seconds, ratio * _EVALUATIONS, 2.0)
        calls = [evaluations(formulation, field, z, 1) for formulation in (ours, baseline)]
        (mine, _), (straightforward, ratio) = compare(calls, 3 if quick else 7)
        yield _milliseconds(f"{title}, one call by itself", mine, straightforward, ratio, goal)
        rate, best = 2e-9 * multiply_adds(field, z.shape[1:]) / each, 2e-9 * product_multiply_adds / multiplying
        yield Figure(f"{title}; baseline a large matrix product", rate, "GFLOP/s", best, rate / best, 0.8 if on_cpu else None)


def _milliseconds(work, seconds, other, ratio, goal):
    return Figure(work, 1e3 * seconds, "ms", 1e3 * other, other / seconds if ratio is None else ratio, goal)


def _torch_call(field, z):
    """f in PyTorch as a function without arguments."""
    torch_field = pytorch.TorchField(field)
    state = torch_field.state(z)
    torch_field(0.3, state)  # PyTorch prepares itself in the first call

    def call():
        torch_field(0.3, state)

    return call
