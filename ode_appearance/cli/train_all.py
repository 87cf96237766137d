"""`train-all`: learn all exemplars of a data set, on this machine, on a Ray cluster or as jobs on the Hugging Face Hub."""

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

_RAY_OPTIONS = ("cpus", "gpus")
_JOB_OPTIONS = ("hub_repository", "flavor", "timeout", "image", "upload_minutes")


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser(
        "train-all",
        help="learn all exemplars of a data set",
        description="Run it again to resume runs that are not finished or have fewer than --iterations iterations.",
    )
    parser.add_argument("dataset", type=Path, help="a folder in the layout of the published data sets")
    parser.add_argument("--only", metavar="NAME,NAME,...", help="only these exemplars")
    add_run_options(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder of the runs; runs in it are resumed")
    parser.add_argument(
        "--executor",
        choices=("here", "ray", "hf-jobs"),
        default="here",
        help="in sequence on this machine (default), on a Ray cluster, or as jobs on the Hugging Face Hub",
    )
    parser.add_argument(
        "--together",
        type=int,
        metavar="N",
        help="with --executor here: up to N of one kind in one stacked computation, to fill a GPU",
    )
    group = parser.add_argument_group(
        "--executor ray", "on the cluster of $RAY_ADDRESS, by default a temporary one on this machine"
    )
    group.add_argument("--cpus", type=float, metavar="N", help="CPUs per training (default 2)")
    group.add_argument("--gpus", type=float, metavar="N", help="GPUs per training (default 1 if the cluster has any)")
    group = parser.add_argument_group("--executor hf-jobs", "one job per exemplar, billed to the repository's owner")
    group.add_argument("--hub-repository", metavar="USER/NAME", help="private data set repository for tasks and runs")
    group.add_argument("--flavor", help="hardware of a job (default cpu-upgrade; `hf jobs hardware` lists them)")
    group.add_argument("--timeout", help="maximum duration of a job, such as 90m (default 12h)")
    group.add_argument("--image", help="Docker image with Python and pip (default python:3.12)")
    group.add_argument(
        "--upload-minutes", type=float, metavar="N", help="minimum minutes between uploads of a run (default 15)"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train unfinished exemplars, and print a table of the runs' results."""
    _check_executor(options)
    plans = _plans(options)
    if options.executor == "hf-jobs":
        from ..executors.hf_jobs import collect_and_submit, hub_jobs

        given = {name: getattr(options, name) for name in _JOB_OPTIONS[1:] if getattr(options, name) is not None}
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
    if not_trained := [result.name for result in results if result.status.startswith("failed")]:
        raise TrainingError(
            f"Not trained: {', '.join(not_trained)}; see the table for the reasons. Run the same command to try again."
        )


def _check_executor(options):
    """Check the options of the chosen executor, and that there are none of another one."""
    for executor, names in (("ray", _RAY_OPTIONS), ("hf-jobs", _JOB_OPTIONS)):
        for name in names:
            if options.executor != executor and getattr(options, name) is not None:
                raise ConfigError(f"{flag(name)} is for --executor {executor}.")
    if options.together is not None and not (options.executor == "here" and 1 <= options.together <= 64):
        raise ConfigError("--together is for --executor here, and has to be from 1 to 64.")
    if options.executor == "hf-jobs" and not options.hub_repository:
        raise ConfigError("--executor hf-jobs needs --hub-repository USER/NAME, your private data set repository.")
    for name in _RAY_OPTIONS:
        value = getattr(options, name)
        if value is not None and not 0 <= value <= 1024:
            raise ConfigError(f"--{name} has to be from 0 to 1024, not {value:g}.")


def _plans(options):
    from ..executors.plan import TrainingPlan

    entries = list_dataset(options.dataset)
    names = [entry.name for entry in entries]
    if options.only:
        selected = options.only.split(",")
        if unknown := sorted(set(selected) - set(names)):
            raise TrainingError(f"The data set has no {', '.join(unknown)}; it has {', '.join(names)}.")
        entries = [entry for entry in entries if entry.name in selected]
    if duplicates := sorted({entry.name for entry in entries if names.count(entry.name) > 1}):
        raise TrainingError(f"The data set has two exemplars named {', '.join(duplicates)}: rename one of them.")
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
