"""The loop of a training: iterations, evaluations, saves and reports, of one run or of several side by side."""

import time as clock
from collections.abc import Callable, Generator, Sequence
from typing import Protocol, runtime_checkable

from .base_run import BaseRun
from .progress import Progress, Rate, Status


@runtime_checkable
class IterationReport(Protocol):
    """The result of one iteration of one run."""

    @property
    def finite(self) -> bool:
        """Whether its loss and gradient were finite."""
        ...


@runtime_checkable
class RunGroup(Protocol):
    """Runs of one config at the same iteration, and how to advance them."""

    runs: Sequence[BaseRun]

    def iterate(self, iteration: int) -> Sequence[IterationReport]:
        """Compute this iteration of all runs; returns when the results are there."""
        ...

    def distribute(self) -> None:
        """Copy the learnt weights to each run."""
        ...


def run_loop(group: RunGroup, stop: Callable[[], bool], max_minutes: float) -> Generator[list[Progress | None], None, None]:
    """Iterate until the runs are finished or stopped.

    An iteration whose loss or gradient is not finite is skipped: it changes no weights. A run ends after
    `config.schedule.most_skipped` skipped iterations in a row.

    Yields:
        After every iteration the progress of each run; None for a run that has ended.
    """
    runs = group.runs
    config, iteration, active = runs[0].config, runs[0].iteration, list(runs)
    began = saved = clock.monotonic()
    rate, unsaved = Rate(), False
    status: Status = "running" if iteration < config.schedule.iterations else "finished"
    try:
        while status == "running" and active:
            evaluations = {}
            if active[0].evaluation_due:
                group.distribute()
                evaluations = {run: run.evaluate() for run in active}
            lap = clock.monotonic()
            reports = dict(zip(runs, group.iterate(iteration), strict=True))
            now = clock.monotonic()
            for run in active:
                run.seconds += (now - lap) / len(runs)
                run.count(finite=reports[run].finite)
            iteration, unsaved = iteration + 1, True
            rate.observe(now - lap)
            if iteration >= config.schedule.iterations:
                status = "finished"
            elif stop() or now - began > 60 * max_minutes:
                status = "stopped"
            ends = {run: "not finite" if run.has_given_up else status for run in active}
            save_all = status != "running" or now - saved > config.saving.save_every
            saving = [run for run in active if save_all or ends[run] != "running"]
            if saving or active[0].preview_due:
                group.distribute()
            for run in active:
                if run.has_given_up:
                    run.revert_last_update()
            materials = {run: run.save() for run in saving}
            if save_all:
                saved, unsaved = clock.monotonic(), False
            previews = {run: run.preview_if_due() for run in active if ends[run] != "not finite"}
            progresses = {
                run: run.progress(
                    reports[run], rate, ends[run],
                    evaluation=evaluations.get(run), preview=previews.get(run), material=materials.get(run),
                )
                for run in active
            }  # fmt: skip
            active = [run for run in active if ends[run] in ("running", status)]
            yield [progresses.get(run) for run in runs]
        for run in active:
            run.save_material_if_older()
    finally:
        if unsaved:
            group.distribute()
            for run in active:
                run.save_state()
