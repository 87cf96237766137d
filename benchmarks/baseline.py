"""The straightforward formulation: equinox's layers as they come, channels first, circular padding by `jnp.pad`, and diffrax.

The same weights and the same numbers as `VectorField`; what ours is measured against.
"""

import diffrax
import jax
import jax.numpy as jnp
from jaxtyping import Array, Float

from ode_appearance.config.schema import SolverConfig
from ode_appearance.models.layers import time_embedding
from ode_appearance.models.unet import VectorField
from ode_appearance.ode.stepper import SOLVERS, controller


def baseline(field: VectorField, t: Float[Array, ""], z: Float[Array, "channels h w"]) -> Float[Array, "channels h w"]:
    """dz/dt, computed as the layers' names say."""
    time = field.time_mlp[1](jax.nn.silu(field.time_mlp[0](time_embedding(t, field.architecture.dim))))
    x = _block(field.init_conv, z, None)
    skips = [x]
    for block, attention, resample in field.downs:
        x = _attention(attention, _block(block, x, time))
        skips.append(x)
        x = _resample(resample, x)
    x = _attention(field.mid[1], _block(field.mid[0], x, time))
    for resample, block, attention in field.ups:
        x = jnp.concatenate([_resample(resample, x), skips.pop()])
        x = _attention(attention, _block(block, x, time))
    x = _block(field.final_conv[0], jnp.concatenate([x, skips.pop()]), None)
    return field.final_conv[1](x)


def baseline_solve(
    field: VectorField,
    config: SolverConfig,
    start: Float[Array, ""],
    end: Float[Array, ""],
    first_step: float | None,
    state: Float[Array, "channels h w"],
    saved: diffrax.SaveAt,
) -> Float[Array, "saved channels h w"]:
    """The states that `saved` asks for under the baseline's f, by `diffrax.diffeqsolve` as it comes."""
    term, solver = diffrax.ODETerm(lambda t, z, field: baseline(field, t, z)), SOLVERS[config.method]()
    return diffrax.diffeqsolve(
        term, solver, start, end, first_step, state, field, saveat=saved, stepsize_controller=controller(config)
    ).ys


def _block(block, x, time):
    x = block.norm(block.proj(x))
    if block.mlp is not None:
        scale, shift = jnp.split(block.mlp(jax.nn.silu(time))[:, None, None], 2)
        x = x * (1 + scale) + shift
    return jax.nn.sigmoid(x) if block.sigmoid else jax.nn.silu(x)


def _attention(attention, x):
    if attention is None:
        return x
    _, h, w = x.shape
    q, k, v = attention.to_qkv(attention.norm(x)).reshape(3, attention.heads, -1, h * w)
    context = jnp.einsum("hdn,hen->hde", jax.nn.softmax(k, axis=-1), v)
    return x + attention.to_out(jnp.einsum("hde,hdn->hen", context, q).reshape(-1, h, w))


def _resample(resample, x):
    channels, h, w = x.shape
    shape = (channels, 2 * h, 2 * w) if resample.upsample else (channels, h // 2, w // 2)
    return resample.conv(jax.image.resize(x, shape, "bilinear"))
