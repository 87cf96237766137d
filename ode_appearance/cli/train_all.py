"""`train-all`: learn every exemplar of a data set, here, on a Ray cluster or as jobs on the Hugging Face Hub."""

import argparse
from pathlib import Path

from ..checkpoints.library import load
from ..data import DatasetEntry, list_dataset
from ..errors import ConfigError, TrainingError
from ..runtime.regular_files import path_exists
from ..runtime.signals import Interruption
from ..training.checks import check_credit
from ..training.run_dir.folder import RUN
from ..training.train_config import TrainConfig
from .options import checked, flag
from .train_options import add_run_options, read_credit, read_exemplar, read_numbers

_OF_RAY = ("cpus", "gpus")
_OF_JOBS = ("hub_repository", "flavor", "timeout", "image", "upload_minutes")


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser(
        "train-all",
        help="learn every exemplar of a data set",
        description="Called again, it goes on with what is not finished, or has fewer --iterations than are now given.",
    )
    parser.add_argument("dataset", type=Path, help="a folder in the layout of the published data sets")
    parser.add_argument("--only", metavar="NAME,NAME,...", help="of these exemplars alone")
    add_run_options(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs; those in it are gone on with")
    parser.add_argument(
        "--executor",
        choices=("here", "ray", "hf-jobs"),
        default="here",
        help="one after the other on this machine (default), on a Ray cluster, or as jobs on the Hugging Face Hub",
    )
    parser.add_argument(
        "--together", type=int, metavar="N", help="here, up to N of the same kind in one stacked computation, to fill a GPU"
    )
    group = parser.add_argument_group("--executor ray", "on the cluster that $RAY_ADDRESS names, or else on this machine")
    group.add_argument("--cpus", type=float, metavar="N", help="processors of a training (default 2)")
    group.add_argument("--gpus", type=float, metavar="N", help="GPUs of a training (default 1 where the cluster has any)")
    group = parser.add_argument_group("--executor hf-jobs", "one job an exemplar, paid by the repository's owner")
    group.add_argument("--hub-repository", metavar="USER/NAME", help="private data set repository that all goes through")
    group.add_argument("--flavor", help="hardware of a job (default cpu-upgrade; `hf jobs hardware` lists them)")
    group.add_argument("--timeout", help="how long a job may take, such as 90m (default 12h)")
    group.add_argument("--image", help="image of Docker Hub with Python and pip (default python:3.12)")
    group.add_argument("--upload-minutes", type=float, metavar="N", help="from one upload of a run to the next (default 15)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train what is not finished, and print a table of how each run ended or where it stands."""
    _check_executor(options)
    plans = _plans(options)
    if options.executor == "hf-jobs":
        from ..executors.hf_jobs import collect_and_submit, hub_jobs

        given = {name: getattr(options, name) for name in _OF_JOBS[1:] if getattr(options, name) is not None}
        results = collect_and_submit.run(plans, options.hub_repository, hub_jobs.Jobs(**given))
    elif options.executor == "ray":
        from ..executors.ray import ray_cluster

        results = ray_cluster.run(plans, Interruption(), options.cpus, options.gpus)
    else:
        from ..executors.local import sequential

        results = sequential.run(plans, Interruption(), options.together or 1)
    for result in results:
        loss = "" if result.loss is None else f"{result.loss:.3f}"
        print(f"{result.name:28} {loss:>10}  {result.status}")
    if lost := [result.name for result in results if result.status.startswith("failed")]:
        raise TrainingError(f"Not trained: {', '.join(lost)}; the table says why. The same command tries them again.")


def _check_executor(options):
    """Refuse what is for another executor than the chosen one, and what it needs or cannot have."""
    for executor, names in (("ray", _OF_RAY), ("hf-jobs", _OF_JOBS)):
        for name in names:
            if options.executor != executor and getattr(options, name) is not None:
                raise ConfigError(f"{flag(name)} is for --executor {executor}.")
    if options.together is not None and not (options.executor == "here" and 1 <= options.together <= 64):
        raise ConfigError("--together is for --executor here, and has to be from 1 to 64.")
    if options.executor == "hf-jobs" and not options.hub_repository:
        raise ConfigError("--executor hf-jobs needs --hub-repository USER/NAME, a private data set repository of yours.")
    for name in _OF_RAY:
        value = getattr(options, name)
        if value is not None and not 0 <= value <= 1024:
            raise ConfigError(f"--{name} has to be from 0 to 1024, not {value:g}.")


def _plans(options):
    from ..executors.plan import TrainingPlan

    entries = list_dataset(options.dataset)
    names = [entry.name for entry in entries]
    if options.only:
        wanted = options.only.split(",")
        if unknown := sorted(set(wanted) - set(names)):
            raise TrainingError(f"The data set has no {', '.join(unknown)}; it has {', '.join(names)}.")
        entries = [entry for entry in entries if entry.name in wanted]
    if twice := sorted({entry.name for entry in entries if names.count(entry.name) > 1}):
        raise TrainingError(f"The data set has two exemplars named {', '.join(twice)}: rename one of them.")
    for entry in entries:
        check_credit(read_credit(options, entry.name, {}))
    iterations = checked(TrainConfig, {"iterations": options.iterations}).get("iterations")
    return [
        TrainingPlan(entry.name, options.out / entry.name, lambda entry=entry: _task(entry, options), iterations)
        for entry in entries
    ]


def _task(entry: DatasetEntry, options: argparse.Namespace):
    from ..training.job import Task

    folder = options.out / entry.name
    config, begun = read_numbers(options, entry.kind, folder if path_exists(folder / RUN) else None)
    exemplar = read_exemplar(options, entry.path, config, entry.name, begun)
    init_from = load(options.init_from) if options.init_from else None
    return Task(exemplar, config, read_credit(options, entry.name, begun), init_from, options.max_minutes)
