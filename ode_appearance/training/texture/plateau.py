"""The learning rate, reduced when evaluations stop improving."""

from typing import Any

import jax.numpy as jnp

from ..option_groups import RateConfig


class Plateau:
    """The learning rate under optax's reduce-on-plateau, updated with each evaluation."""

    def __init__(self, config: RateConfig):
        import optax

        self._base = config.learning_rate
        self._rule = optax.contrib.reduce_on_plateau(
            factor=config.plateau_factor,
            patience=config.plateau_patience,
            min_scale=min(1.0, config.plateau_floor / config.learning_rate),
        )
        self.state: Any = self._rule.init({})

    @property
    def learning_rate(self) -> float:
        """The current learning rate."""
        return self._base * float(self.state.scale)

    def observe(self, loss: float) -> None:
        """Update the schedule with an evaluation."""
        _, self.state = self._rule.update({}, self.state, value=jnp.float32(loss))
