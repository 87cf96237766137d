"""The driver of a Ray cluster: submits tasks, stores their saves, and resubmits tasks of dead workers."""

import contextlib
import dataclasses
import sys
from collections.abc import Callable, Sequence
from typing import Any

from ...errors import AppearanceError
from ...training.run_dir.folder import hold_run
from ..plan import TrainingPlan, TrainingResult, failed, finished_before
from ..run_archive import pack, unpack
from . import ray_task

MAX_DEATHS = 3
"""Maximum number of workers of a run that die in a row without a save."""


@dataclasses.dataclass
class _SubmittedRun:
    plan: TrainingPlan
    task: Any  # in the cluster's object store
    iterations: int
    iteration: int = 0
    deaths: int = 0
    started: bool = False
    result: TrainingResult | None = None


class RayRuns:
    """The tasks of a cluster; `needs` are the resources of each."""

    def __init__(self, ray, needs: dict[str, float]):
        errors = ray.exceptions
        self._ray = ray
        self._lost = (errors.WorkerCrashedError, errors.NodeDiedError, errors.OutOfMemoryError, errors.ObjectLostError)
        # One process per task, so that no memory remains allocated. Dead tasks are resubmitted here with their last save.
        self._train = ray.remote(max_retries=0, max_calls=1, **needs)(ray_task.train_exemplar)
        self._flag = self._raisable()
        self._running: dict[Any, _SubmittedRun] = {}

    def _raisable(self):
        """The stop flag, an actor on the driver's node, which lives as long as the driver."""
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        here = NodeAffinitySchedulingStrategy(self._ray.get_runtime_context().get_node_id(), soft=True)
        return self._ray.remote(num_cpus=0, max_restarts=-1, scheduling_strategy=here)(ray_task.Flag).remote()

    def run(self, plans: Sequence[TrainingPlan], stop: Callable[[], bool]) -> list[TrainingResult]:
        """Train all plans; returns their results in order."""
        from tqdm import tqdm

        results, runs = {}, []
        with tqdm(unit="it", desc="0 running", mininterval=2) as self._bar, contextlib.ExitStack() as locks:
            for plan in plans:
                if result := TrainingResult(plan.name, "not started") if stop() else finished_before(plan):
                    results[plan.name] = result
                    continue
                try:
                    locks.enter_context(contextlib.closing(hold_run(plan.folder)))
                    runs.append(self._begin(plan))
                except AppearanceError as error:
                    results[plan.name] = failed(plan, error)
            self._follow(stop)
        results |= {run.plan.name: run.result for run in runs}
        return [results[plan.name] for plan in plans]

    def _begin(self, plan):
        from ..task_file import write_task

        task = plan.read()
        run = _SubmittedRun(plan, self._ray.put(write_task(task)), task.config.schedule.iterations)
        self._bar.total = (self._bar.total or 0) + run.iterations
        self._submit(run)
        return run

    def _submit(self, run):
        run.started = False
        updates = self._train.remote(run.task, pack(run.plan.folder) if run.plan.begun else None, self._flag)
        self._running[updates] = run

    def _follow(self, stop):
        stopping = False
        while self._running:
            if stop() and not stopping:
                stopping = True
                self._flag.raise_it.remote()
                self._cancel_waiting()
            ready, _ = self._ray.wait(list(self._running), timeout=1.0)
            for updates in ready:
                self._receive(updates, self._running[updates], stopping)
            self._bar.set_description(f"{sum(run.started for run in self._running.values())} running", refresh=False)

    def _cancel_waiting(self):
        """Cancel the tasks that no worker has started: they have nothing to save."""
        for updates, run in list(self._running.items()):
            if not run.started:
                self._ray.cancel(updates)
                self._end(updates, run, "not started")

    def _receive(self, updates, run, stopping):
        """Handle the next update of a task, its end, or the death of its worker."""
        try:
            update = self._ray.get(next(updates))
        except StopIteration:
            self._end(updates, run, "failed: its worker ended without a message")
        except self._lost as error:
            self._handle_death(updates, run, stopping, error)
        except self._ray.exceptions.RayError as error:
            self._end(updates, run, f"failed: {_last_line(error)}")
        else:
            self._note(updates, run, update)

    def _note(self, updates, run, update):
        if update.where:
            run.started = True
            self._print(f"{run.plan.name}: trains on {update.where}.")
        try:
            if update.archive is not None:
                unpack(update.archive, run.plan.folder)
                run.deaths = 0
        except AppearanceError as error:
            self._ray.cancel(updates)
            return self._end(updates, run, f"failed: {error}")
        self._bar.update(update.iteration - run.iteration if update.iteration else 0)
        run.iteration = update.iteration or run.iteration
        if update.failure or update.status != "running":
            self._end(updates, run, f"failed: {update.failure}" if update.failure else update.status, update.loss)

    def _handle_death(self, updates, run, stopping, error):
        run.deaths += 1
        del self._running[updates]
        if stopping:
            run.result = TrainingResult(run.plan.name, "stopped")
        elif run.deaths >= MAX_DEATHS:
            run.result = TrainingResult(run.plan.name, f"failed: {run.deaths} workers in a row died without a save")
        else:
            self._print(f"{run.plan.name}: its worker died ({type(error).__name__}); resubmitted with the last save.")
            self._submit(run)

    def _end(self, updates, run, status, loss=None):
        run.result = TrainingResult(run.plan.name, status, loss)
        del self._running[updates]
        self._print(f"{run.plan.name}: {status}.")

    def _print(self, message):
        self._bar.write(message, file=sys.stderr)


def _last_line(error):
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return lines[-1][:300] if lines else type(error).__name__
