"""The loop of a training: iterations, evaluations, saves and reports, of one run or of several side by side."""

import time as clock
from collections.abc import Callable, Generator, Sequence
from typing import Protocol, runtime_checkable

from .base_run import BaseRun
from .progress import Progress, Rate, Status


@runtime_checkable
class IterationReport(Protocol):
    """What an iteration of a run gives to report."""

    @property
    def finite(self) -> bool:
        """Whether its loss and gradient were finite."""
        ...


@runtime_checkable
class Learning(Protocol):
    """Runs of one config that stand at the same iteration, and how they go on."""

    runs: Sequence[BaseRun]

    def iterate(self, iteration: int) -> Sequence[IterationReport]:
        """The iteration of that number, of all runs, waited for."""
        ...

    def hand_out(self) -> None:
        """Give each run what it has learnt."""
        ...


def go_on(learning: Learning, stop: Callable[[], bool], max_minutes: float) -> Generator[list[Progress | None], None, None]:
    """Go on until it is finished or stopped; yields after every iteration what each run has to report.

    An iteration whose loss or gradient is not finite is skipped: it changes no weights. A run that has skipped
    `config.schedule.most_skipped` in a row ends, and reports nothing from then on.
    """
    runs = learning.runs
    config, iteration, going = runs[0].config, runs[0].iteration, list(runs)
    began = saved = clock.monotonic()
    rate, unsaved = Rate(), False
    status: Status = "running" if iteration < config.schedule.iterations else "finished"
    try:
        while status == "running" and going:
            evaluations = {}
            if going[0].evaluation_due:
                learning.hand_out()
                evaluations = {run: run.evaluate() for run in going}
            lap = clock.monotonic()
            reports = dict(zip(runs, learning.iterate(iteration), strict=True))
            now = clock.monotonic()
            for run in going:
                run.seconds += (now - lap) / len(runs)
                run.count(finite=reports[run].finite)
            iteration, unsaved = iteration + 1, True
            rate.observe(now - lap)
            if iteration >= config.schedule.iterations:
                status = "finished"
            elif stop() or now - began > 60 * max_minutes:
                status = "stopped"
            ends = {run: "not finite" if run.gave_up else status for run in going}
            save_all = status != "running" or now - saved > config.saving.save_every
            saving = [run for run in going if save_all or ends[run] != "running"]
            if saving or going[0].preview_due:
                learning.hand_out()
            for run in going:
                if run.gave_up:
                    run.take_back()
            materials = {run: run.save() for run in saving}
            if save_all:
                saved, unsaved = clock.monotonic(), False
            previews = {run: run.preview_if_due() for run in going if ends[run] != "not finite"}
            told = {
                run: run.progress(
                    reports[run], rate, ends[run],
                    evaluation=evaluations.get(run), preview=previews.get(run), material=materials.get(run),
                )
                for run in going
            }  # fmt: skip
            going = [run for run in going if ends[run] in ("running", status)]
            yield [told.get(run) for run in runs]
        for run in going:
            run.save_material_if_older()
    finally:
        if unsaved:
            learning.hand_out()
            for run in going:
                run.save_state()
