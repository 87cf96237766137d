"""On the Hugging Face Hub: a job an exemplar, which goes on when this process has ended.

A call collects what is finished, leaves alone what is under way, and submits the rest, from where it was saved.
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
from .hub_jobs import UNDER_WAY, HubJobs, Jobs, slug_of
from .run_repository import SOURCE, RunRepository, run_path, task_path


def run(plans: Sequence[TrainingPlan], repository: str, jobs: Jobs = Jobs(), token: str | None = None) -> list[TrainingResult]:
    """Collect, and submit, by way of the data set repository `user/name`, which is made (a private one) where there is none.

    The jobs belong to `user` and get the access token (by default the one that is logged in, or $HF_TOKEN) as a secret.
    Raises HubError where the Hub does not take the repository or the token.
    """
    import huggingface_hub

    name, token = validated_repo(repository), (huggingface_hub.get_token() if token is None else token) or ""
    if not re.fullmatch(r"[!-~]{1,1000}", token):  # the HTTP library would quote it in its complaint
        raise HubError("Jobs need an access token that may write and start jobs: log in with `hf auth login`, or set HF_TOKEN.")
    there = RunRepository(name, token)
    there.prepare()
    hub_jobs = HubJobs(there, jobs, token)
    # Before what they have saved is looked at: a job that ends in between is then collected.
    latest = hub_jobs.latest()
    commit, files = there.head()
    results, parcels = {}, {}
    for plan in plans:
        slug = slug_of(plan.name)
        try:
            result = finished_before(plan)
            if result is None and run_path(slug) in files:
                parcel = there.fetch(run_path(slug), commit)
                with contextlib.closing(hold_run(plan.folder)):
                    _collect(plan, parcel)
                result = finished_before(plan)
            if result := result or _unfinished(plan, latest.get(slug)):
                results[plan.name] = result
            else:
                parcels[plan.name] = _parcels(plan, slug)
        except AppearanceError as error:
            results[plan.name] = failed(plan, error)
    if parcels:
        sent = {path: content for files in parcels.values() for path, content in files.items()}
        commit = there.put({SOURCE: pack_source(), **sent}, f"{len(parcels)} to be trained")
    for plan in plans:
        if plan.name in parcels:
            results[plan.name] = _submit(hub_jobs, plan, latest.get(slug_of(plan.name)), commit, len(plans))
    return [results[plan.name] for plan in plans]


def _collect(plan, parcel):
    """Put a run where it belongs, unless the one that is there has come further."""
    with tempfile.TemporaryDirectory() as scratch:
        unpack(parcel, Path(scratch))
        if plan.begun and _numbers(plan.folder) != _numbers(Path(scratch)):
            raise TrainingError(f"{plan.folder} and the repository hold {plan.name} with other numbers than each other.")
        if _iteration(Path(scratch)) < _iteration(plan.folder):
            return
    unpack(parcel, plan.folder)


def _numbers(folder):
    """The training config of a run but for what may change where it goes on."""
    return {**to_json(read_request(folder)[0]), **dict.fromkeys(CHANGEABLE)}


def _iteration(folder):
    return (read_progress(folder) or {"iteration": -1})["iteration"]


def _unfinished(plan, job):
    """The result of a run that is under way, or that cannot go on; None where it is to be submitted."""
    entry = last_entry(plan.folder)
    loss = entry.get("loss")
    if job is not None and job.status.stage in UNDER_WAY:
        saved = f", {entry['iteration']} of {entry['iterations']} iterations saved" if "iterations" in entry else ""
        return TrainingResult(plan.name, f"{job.status.stage.lower()}{saved}: {job.url}", loss)
    if entry.get("status") == "not finite" and plan.read().config == read_request(plan.folder)[0]:
        return TrainingResult(plan.name, "not finite", loss)
    return None


def _parcels(plan, slug):
    """What a job needs: the task, and the run where one is begun."""
    task = {task_path(slug): write_task(plan.read())}
    return {**task, run_path(slug): pack(plan.folder)} if plan.begun else task


def _submit(hub_jobs, plan, before, commit, count):
    try:
        url = hub_jobs.start(slug_of(plan.name), commit, count)
    except HubError as error:
        return failed(plan, error)
    again = "" if before is None else f" again after {before.status.stage}"
    return TrainingResult(plan.name, f"submitted{again}: {url}", last_entry(plan.folder).get("loss"))
