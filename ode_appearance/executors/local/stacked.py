"""Executor in this process: several exemplars as one stacked computation."""

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator, Sequence

from ...errors import AppearanceError, TrainingError
from ...perceptual.features import load_features
from ...training.job import Task, bake_finished, recording
from ...training.progress import Progress
from ...training.progress_bar import with_bar
from ...training.texture.batched import same_numbers, train_together
from ...training.texture.texture_run import TextureRun, begin_texture_run
from ..plan import TrainingPlan, TrainingResult, failed, finished_before


def run(plans: Sequence[TrainingPlan], stop: Callable[[], bool], maximum: int) -> list[TrainingResult]:
    """Train unfinished plans, at most `maximum` at a time; those with the same options and iteration are stacked."""
    results, started, features = {}, [], functools.cache(load_features)
    with contextlib.ExitStack() as closing:
        for plan in plans:
            if result := finished_before(plan):
                results[plan] = result
                continue
            try:
                started.append((plan, *_begin(plan, features)))
                closing.callback(started[-1][2].close)
            except AppearanceError as error:
                results[plan] = failed(plan, error)
        for members in _stacks(started, maximum):
            not_started = {plan: TrainingResult(plan.name, "not started") for plan, *_ in members}
            results |= not_started if stop() else _train(members, stop)
            for _, _, run in members:
                run.close()
    return [results[plan] for plan in plans]


Member = tuple[TrainingPlan, Task, TextureRun]


def _begin(plan, features):
    task = plan.read()
    if task.config.method != "texture":
        raise TrainingError("Flow matching cannot be stacked: leave out --together.", code="not-stackable")
    known = features(task.config.data.features)
    return task, begin_texture_run(task.exemplar, task.config, plan.folder, plan.begun, task.init_from, known, task.credit)


def _stacks(members: Sequence[Member], maximum: int) -> Iterator[list[Member]]:
    """Groups of members that can be stacked, in order."""
    waiting = list(members)
    while waiting:
        alike = [member for member in waiting if same_numbers(member[2], waiting[0][2])][:maximum]
        waiting = [member for member in waiting if member not in alike]
        yield alike


def _train(members: Sequence[Member], stop) -> dict[TrainingPlan, TrainingResult]:
    plans, tasks, runs = zip(*members, strict=True)
    last: dict[TrainingPlan, Progress] = {}
    try:
        with contextlib.ExitStack() as open_files:
            records = [recording(plan.folder, task.exemplar, run.iteration) for plan, task, run in members]
            notes = [open_files.enter_context(record) for record in records]
            progresses = train_together(runs, stop=stop, max_minutes=tasks[0].max_minutes)
            open_files.enter_context(contextlib.closing(progresses))

            def recorded():
                for reports in progresses:
                    for plan, note, report in zip(plans, notes, reports, strict=True):
                        if report is not None:
                            note(report)
                            last[plan] = report
                    yield next(report for report in reports if report is not None)

            with_bar(recorded(), ", ".join(plan.name for plan in plans), runs[0].config.schedule.iterations)
    except AppearanceError as error:
        return {plan: failed(plan, error) for plan in plans}
    return {plan: _ended(plan, last.get(plan)) for plan in plans}


def _ended(plan, last):
    """The result of a run; `last` is None if it was finished before."""
    try:
        if last is None or last.status == "finished":
            bake_finished(plan.folder)
    except AppearanceError as error:
        return failed(plan, error)
    status, loss = (last.status, last.loss) if last else ("finished", None)
    print(f"{plan.name}: {status}.", file=sys.stderr)
    return TrainingResult(plan.name, status, loss)
