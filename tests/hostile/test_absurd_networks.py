"""Checkpoints of a few megabytes whose networks would fill the memory are refused before they are solved."""

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from ode_appearance.config.schema import Architecture, Attention, MaterialConfig, SolverConfig
from ode_appearance.errors import RequestError
from ode_appearance.models.unet_weights import count_parameters, field_with_weights, weight_shapes
from ode_appearance.runtime import memory_budget

ABSURD = {
    "a wide coarse level": Architecture(channels=3, dim=8, dim_mults=(1, 64), attention=None),
    "a wide attention": Architecture(channels=3, dim=8, dim_mults=(1,), attention=Attention(64, 32)),
}


@pytest.mark.parametrize("architecture", ABSURD.values(), ids=ABSURD)
def test_the_estimate_covers_what_they_take(architecture, monkeypatch):
    assert count_parameters(architecture) < 5_000_000
    field = field_with_weights(architecture, [np.zeros(shape, np.float32) for shape in weight_shapes(architecture)])
    state = jax.ShapeDtypeStruct((3, 128, 128), jnp.float32)
    compiled = jax.jit(lambda t, z: field(t, z)).lower(jax.ShapeDtypeStruct((), jnp.float32), state).compile()
    taken = compiled.memory_analysis().temp_size_in_bytes
    estimate = memory_budget.solve_bytes(MaterialConfig(architecture=architecture), SolverConfig(), (128, 128))
    assert taken < estimate < 20 * taken
    monkeypatch.setattr(memory_budget, "free_device_bytes", lambda: taken)
    with pytest.raises(RequestError, match="GB are free"):
        memory_budget.check_memory(MaterialConfig(architecture=architecture), SolverConfig(), (128, 128))
