"""Executor on the Hugging Face Hub: one job per exemplar, independent of this process.

Each call collects saved runs and submits jobs for unfinished plans that have no active job.
"""

import contextlib
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ...checkpoints.hub.repo_names import validated_repo
from ...config.serialization import to_json
from ...errors import AppearanceError, HubError, TrainingError
from ...training.run_dir.folder import hold_run, read_progress, read_request
from ...training.run_dir.journal import last_entry
from ...training.train_config import CHANGEABLE
from ..package_source import pack_source
from ..plan import TrainingPlan, TrainingResult, failed, finished_before
from ..run_archive import pack, unpack
from ..task_file import write_task
from .hub_jobs import ACTIVE_STAGES, HubJobs, Jobs, slug_of
from .run_repository import SOURCE, RunRepository, run_path, task_path


def run(plans: Sequence[TrainingPlan], repository: str, jobs: Jobs = Jobs(), token: str | None = None) -> list[TrainingResult]:
    """Collect runs and submit jobs.

    Args:
        repository: private data set repository `user/name`, created if missing; the jobs belong to `user`.
        jobs: hardware and limits of the jobs.
        token: access token, which the jobs get as a secret (default: that of the login, or $HF_TOKEN).

    Returns:
        The result of each plan, in order: its final status, or the state of its job.

    Raises:
        HubError: the Hub refuses the repository or the token.
    """
    import huggingface_hub

    name, token = validated_repo(repository), (huggingface_hub.get_token() if token is None else token) or ""
    if not re.fullmatch(r"[!-~]{1,1000}", token):  # the HTTP library would quote it in its error
        raise HubError(
            "Jobs need an access token with permission to write and to start jobs: run `hf auth login`, or set HF_TOKEN."
        )
    there = RunRepository(name, token)
    there.prepare()
    hub_jobs = HubJobs(there, jobs, token)
    # List the jobs before the saves, so that a job that ends in between is collected.
    latest = hub_jobs.latest()
    commit, files = there.head()
    results, archives = {}, {}
    for plan in plans:
        slug = slug_of(plan.name)
        try:
            result = finished_before(plan)
            if result is None and run_path(slug) in files:
                archive = there.fetch(run_path(slug), commit)
                with contextlib.closing(hold_run(plan.folder)):
                    _collect(plan, archive)
                result = finished_before(plan)
            if result := result or _unfinished(plan, latest.get(slug)):
                results[plan.name] = result
            else:
                archives[plan.name] = _archives(plan, slug)
        except AppearanceError as error:
            results[plan.name] = failed(plan, error)
    if archives:
        sent = {path: content for files in archives.values() for path, content in files.items()}
        commit = there.put({SOURCE: pack_source(), **sent}, f"{len(archives)} to be trained")
    for plan in plans:
        if plan.name in archives:
            results[plan.name] = _submit(hub_jobs, plan, latest.get(slug_of(plan.name)), commit, len(plans))
    return [results[plan.name] for plan in plans]


def _collect(plan, archive):
    """Extract a run into its folder, unless the run there has more iterations."""
    with tempfile.TemporaryDirectory() as scratch:
        unpack(archive, Path(scratch))
        if plan.begun and _fixed_options(plan.folder) != _fixed_options(Path(scratch)):
            raise TrainingError(
                f"{plan.folder} and the repository have runs of {plan.name} with different options; choose another --out.",
                code="other-options",
            )
        if _iteration(Path(scratch)) < _iteration(plan.folder):
            return
    unpack(archive, plan.folder)


def _fixed_options(folder):
    """The training config of a run without the options that may change."""
    return {**to_json(read_request(folder)[0]), **dict.fromkeys(CHANGEABLE)}


def _iteration(folder):
    return (read_progress(folder) or {"iteration": -1})["iteration"]


def _unfinished(plan, job):
    """The result of a run with an active job or without a finite loss; None if a job is to be submitted."""
    entry = last_entry(plan.folder)
    loss = entry.get("loss")
    if job is not None and job.status.stage in ACTIVE_STAGES:
        saved = f", {entry['iteration']} of {entry['iterations']} iterations saved" if "iterations" in entry else ""
        return TrainingResult(plan.name, f"{job.status.stage.lower()}{saved}: {job.url}", loss)
    if entry.get("status") == "not finite" and plan.read().config == read_request(plan.folder)[0]:
        return TrainingResult(plan.name, "not finite", loss)
    return None


def _archives(plan, slug):
    """The files of a job: the task, and the run if there is one."""
    task = {task_path(slug): write_task(plan.read())}
    return {**task, run_path(slug): pack(plan.folder)} if plan.begun else task


def _submit(hub_jobs, plan, before, commit, count):
    try:
        url = hub_jobs.start(slug_of(plan.name), commit, count)
    except HubError as error:
        return failed(plan, error)
    again = "" if before is None else f" again after {before.status.stage}"
    return TrainingResult(plan.name, f"submitted{again}: {url}", last_entry(plan.folder).get("loss"))
