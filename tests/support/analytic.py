"""Materials whose vector field is a formula: solved in an instant, with solutions that are known."""

from collections.abc import Callable

import equinox as eqx
import jax
import jax.numpy as jnp
import numpy as np

from ode_appearance.config.schema import Architecture, MaterialConfig, SolverConfig, Times
from ode_appearance.models.material import Material
from ode_appearance.models.unet import VectorField

CHANNELS = 3
NO_LEVELS = Architecture(channels=CHANNELS, dim=4, dim_mults=(1,), attention=None)


class Formula(VectorField):
    """dz/dt = rule(t, z)."""

    rule: Callable = eqx.field(static=True)

    def __init__(self, rule: Callable):
        self.init_conv = self.time_mlp = self.downs = self.mid = self.ups = self.final_conv = None
        self.architecture = NO_LEVELS
        self.rule = rule

    def __call__(self, t, z):
        return self.rule(t, z)


def formula(rule: Callable, *, warmup=1.0, duration=2.0, solver: SolverConfig = SolverConfig()) -> Material:
    """An RGB texture of three channels that changes by a rule."""
    config = MaterialConfig(name="formula", architecture=NO_LEVELS, times=Times(warmup, duration), solver=solver)
    return Material(Formula(rule), config)


def rational(t, z):
    """Neither linear nor autonomous; solved by z = 1 / (t^2 + c)."""
    return -2 * t * z**2


def rational_noise(shape, start):
    """States at `start` of solutions 1 / (t^2 + c), c between 1/2 and 3/2."""
    c = np.linspace(0.5, 1.5, int(np.prod(shape))).reshape(shape)
    return 1 / (start**2 + c), lambda t: 1 / (t**2 + c)


def shaken(t, z):
    """Fast and slow by turns, so that a step size control rejects some steps."""
    return 3 * jnp.cos(6 * t**2) * jnp.cos(z) - 4 * jnp.exp(-200 * (t - 0.3) ** 2) * z


def calm(t, z):
    """Slow and harmless."""
    return 0.5 * jnp.sin(z) + 0.2 * jnp.cos(t)


def blowing_up(t, z):
    """Every positive value becomes infinite in finite time."""
    return z**2


def broken_later(t, z):
    """No number from time 0.5 on."""
    return jnp.where(t > 0.5, jnp.nan, 0.1 * z)


def unit_noise(size, channels=CHANNELS, seed=0) -> jax.Array:
    """Normal noise (channels, height, width) of NumPy's."""
    return jnp.asarray(np.random.default_rng(seed).standard_normal((channels, size[1], size[0]), np.float32))
