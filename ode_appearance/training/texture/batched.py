"""Several exemplars trained as one stacked computation, since one exemplar leaves most of a GPU idle."""

from collections.abc import Callable, Generator, Sequence

import equinox as eqx
import jax
import jax.numpy as jnp
from jaxtyping import Array, Bool, Float, PRNGKeyArray

from ...config.schema import MaterialConfig
from ...errors import TrainingError
from ...perceptual.features import FeatureExtractor
from ...runtime.jit import compiled
from ..loop import run_loop
from ..progress import Progress
from ..schedule import annealing_factor, segment, step_inputs
from ..training_memory import check_training_memory
from .step import Learner, StepResult, Target, begin_learning, one_iteration
from .step_config import StepConfig, step_config
from .texture_run import TextureReport, TextureRun


def train_together(
    runs: Sequence[TextureRun], *, stop: Callable[[], bool] = lambda: False, max_minutes: float = float("inf")
) -> Generator[list[Progress | None], None, None]:
    """Train runs of one config at the same iteration.

    Each gives the same result as alone, up to rounding: the same noise, times and crops at the same iterations. A run ends
    after `config.schedule.most_skipped` skipped iterations in a row; the others continue.

    Yields:
        After every iteration the progress of each run; None for a run that has ended.

    Raises:
        TrainingError: the runs cannot be stacked, or need more memory together than is free.
    """
    _check(runs)
    check_training_memory(runs[0].config, len(runs))
    return run_loop(_StackedRuns(runs), stop, max_minutes)


def same_numbers(run: TextureRun, other: TextureRun) -> bool:
    """Whether two runs can be stacked: same options, model times and iteration."""
    return _stackable(run) == _stackable(other)


def _stackable(run):
    times = run.metadata.times
    # The config has the name of the features.
    return run.config, _shared_metadata(run.metadata), times.warmup, times.duration, run.iteration


def _check(runs):
    for run in runs:
        if not same_numbers(run, runs[0]):
            raise TrainingError(
                f"{run.metadata.name} (iteration {run.iteration}) and {runs[0].metadata.name} (iteration {runs[0].iteration}) "
                "cannot be trained together: they need the same options, model times and iteration.",
                code="not-stackable",
            )


class _StackedRuns:
    """A group of runs; the first axis of each leaf of `learners` is the run."""

    def __init__(self, runs: Sequence[TextureRun]):
        self.runs = runs
        self.learners = jax.tree.map(lambda *leaves: jnp.stack(leaves), *(run.learner for run in runs))
        divisors = [run.features.divisors for run in runs]
        self.divisors = None if divisors[0] is None else jnp.stack(divisors)

    def distribute(self) -> None:
        """Copy the learnt weights to each run."""
        for place, run in enumerate(self.runs):
            run.learner = jax.tree.map(lambda leaf, place=place: leaf[place], self.learners)

    def iterate(self, iteration: int) -> list[TextureReport]:
        """Compute this iteration of all runs; returns when the results are there."""
        first, runs = self.runs[0], self.runs
        config = first.config
        part = segment(config, first.metadata.times, iteration)
        if iteration == config.schedule.initialisation > 0:
            self.learners = eqx.filter_vmap(begin_learning)(self.learners.parameters, self.learners.states)
        rates = [run.plateau.learning_rate * annealing_factor(config, iteration) for run in runs]
        learners, result = _iterate(
            self.learners,
            step_config(config, iteration),
            _shared_metadata(first.metadata),
            first.features,
            self.divisors,
            *step_inputs(config, iteration, part),
            [run.targets.at(part.end) for run in runs],
            jnp.array(rates, jnp.float32),
            jnp.float32(-first.metadata.times.warmup),
        )
        result, intensities = jax.device_get((result, learners.parameters.log_intensity))
        self.learners = learners  # only after the wait, which may be interrupted
        of_each = [jax.tree.map(lambda leaf, place=place: leaf[place], (result, intensities)) for place in range(len(runs))]
        return [TextureReport(part.initialising, each, rate, light) for (each, light), rate in zip(of_each, rates, strict=True)]


def _shared_metadata(metadata):
    """The metadata that a compiled step depends on, so that all exemplars share one."""
    return MaterialConfig(brdf=metadata.brdf, normals=metadata.normals, architecture=metadata.architecture, kind=metadata.kind)


@compiled
def _iterate(
    learners: Learner,
    config: StepConfig,
    metadata: MaterialConfig,
    features: FeatureExtractor,
    divisors: Float[Array, "runs maps"] | None,
    initialising: bool,
    fresh: Bool[Array, ""],
    key: PRNGKeyArray,
    start: Float[Array, ""],
    end: Float[Array, ""],
    targets: list[Target],
    learning_rates: Float[Array, " runs"],
    beginning: Float[Array, ""],
) -> tuple[Learner, StepResult]:
    """`one_iteration` of each run, vectorised; `divisors` are the features' of each exemplar."""

    def of_run(learner, divisors, target, learning_rate):
        own = features.divided_by(divisors)
        segment = initialising, fresh, key, start, end
        return one_iteration(learner, config, metadata, own, *segment, target, learning_rate, beginning)

    stacked = jax.tree.map(lambda *leaves: jnp.stack(leaves), *targets)
    return eqx.filter_vmap(of_run)(learners, divisors, stacked, learning_rates)
