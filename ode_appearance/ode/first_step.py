"""A first step that the step size controller knows, and `diffeqsolve` does not."""

import diffrax
from jaxtyping import Array, Float


class WithFirstStep(diffrax.AbstractStepSizeController):
    """A controller with its first step; `diffeqsolve` is to be called with `dt0=None`.

    A `dt0` that is no plain number is checked by a callback, and what has one in it is compiled anew in each process: JAX's
    compilation cache refuses it.
    """

    controller: diffrax.AbstractStepSizeController
    step: Float[Array, ""]

    def wrap(self, direction):
        """For a solve in this direction."""
        return WithFirstStep(self.controller.wrap(direction), self.step)

    def init(self, terms, t0, t1, y0, dt0, args, func, error_order):
        """The end of the first step, and the controller's state."""
        return self.controller.init(terms, t0, t1, y0, self.step, args, func, error_order)

    def adapt_step_size(self, *args, **options):
        """As the controller does."""
        return self.controller.adapt_step_size(*args, **options)
