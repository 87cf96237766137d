"""Executor in this process: exemplars in sequence, or several stacked."""

import sys
from collections.abc import Callable, Sequence

from ...errors import AppearanceError
from ...training.job import perform
from ...training.progress_bar import with_bar
from ...training.run_dir.folder import material_sentence
from ..plan import TrainingPlan, TrainingResult, failed, finished_before
from . import stacked


def run(plans: Sequence[TrainingPlan], stop: Callable[[], bool], together: int = 1) -> list[TrainingResult]:
    """Train unfinished plans, each with a progress bar; runs in their folders are resumed.

    Args:
        stop: called between iterations; once it returns True, the current run is saved and the others do not start.
        together: maximum number of plans in one stacked computation.

    Returns:
        The result of each plan, in order.
    """
    if together > 1:
        return stacked.run(plans, stop, together)
    return [TrainingResult(plan.name, "not started") if stop() else _train(plan, stop) for plan in plans]


def _train(plan, stop):
    if result := finished_before(plan):
        return result
    try:
        task = plan.read()
        last = with_bar(perform(task, plan.folder, resume=plan.begun, stop=stop), plan.name, task.config.schedule.iterations)
    except AppearanceError as error:
        return failed(plan, error)
    status = last.status if last else "finished"
    print(f"{plan.name}: {status}. {material_sentence(plan.folder)}", file=sys.stderr)
    return TrainingResult(plan.name, status, last.loss if last else None)
