"""A step size controller with a first step of its own, in place of `diffeqsolve(dt0=...)`."""

import diffrax
from jaxtyping import Array, Float


class WithFirstStep(diffrax.AbstractStepSizeController):
    """A controller that supplies the first step itself; call `diffeqsolve` with `dt0=None`.

    Diffrax checks a traced `dt0` by a callback, and JAX's compilation cache refuses functions with callbacks: every process
    would compile them again.
    """

    controller: diffrax.AbstractStepSizeController
    step: Float[Array, ""]

    def wrap(self, direction):
        """The controller for a solve in this direction."""
        return WithFirstStep(self.controller.wrap(direction), self.step)

    def init(self, terms, t0, t1, y0, dt0, args, func, error_order):
        """The end of the first step, and the controller's state."""
        return self.controller.init(terms, t0, t1, y0, self.step, args, func, error_order)

    def adapt_step_size(self, *args, **options):
        """Delegates to the controller."""
        return self.controller.adapt_step_size(*args, **options)
