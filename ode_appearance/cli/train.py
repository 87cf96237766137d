"""`train`: learn a material from a time-lapse."""

import argparse
import sys
from pathlib import Path

from ..checkpoints.library import load
from ..errors import ConfigError, TrainingError
from ..runtime.signals import Interruption
from ..training.checks import check_credit
from ..training.progress import NOT_FINITE
from ..training.run_dir.folder import material_sentence
from .train_options import add_run_options, read_credit, read_exemplar, read_numbers

_LOCK_TIMEOUT = 120.0
"""Seconds that a process of the app waits for the lock of its run: another process may be compiling before it saves."""


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("train", help="learn a material from a time-lapse")
    parser.add_argument("exemplar", type=Path, help="animated GIF, WebP or PNG, a video, or a folder or zip file of pictures")
    parser.add_argument(
        "--kind", choices=("rgb", "svbrdf"), required=True, help="RGB texture, or SVBRDF photographed with a flash"
    )
    add_run_options(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    resume = "resume the saved run with its options; only --iterations, --learning-rate and --most-skipped may change"
    parser.add_argument("--resume", action="store_true", help=resume)
    parser.add_argument("--stop-at-eof", action="store_true", help="save and stop at the end of standard input")
    parser.add_argument("--name", help="name of the material (default: the exemplar's)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train with a progress bar until the run is finished or interrupted; it can be resumed."""
    from ..training.job import Task, perform
    from ..training.progress_bar import with_bar

    config, begun = read_numbers(options, options.kind, options.out if options.resume else None)
    exemplar = read_exemplar(options, options.exemplar, config, options.name, begun)
    credit = _checked_credit(read_credit(options, exemplar.name, begun), named=options.name is not None)
    init_from = load(options.init_from) if options.init_from else None
    task = Task(exemplar, config, credit, init_from, options.max_minutes)
    stop = Interruption(options.stop_at_eof)
    # After a crash of the app, its old training process may still be saving when the restarted app resumes the run.
    patience = _LOCK_TIMEOUT if options.stop_at_eof else 0.0
    progresses = perform(task, options.out, resume=options.resume, stop=stop, patience=patience)
    last = with_bar(progresses, exemplar.name, config.schedule.iterations)
    status = last.status if last else "finished"
    print(f"{exemplar.name}: {status}. {material_sentence(options.out)}", file=sys.stderr)
    if status == "not finite":
        rate = max(config.rate.learning_rate / 4, 1e-7)
        raise TrainingError(f"{NOT_FINITE} Resume with a smaller learning rate: --resume --learning-rate {rate:.1g}.")


def _checked_credit(credit, named):
    """Check the credit before the training; an invalid name may come from the exemplar's file name."""
    try:
        check_credit(credit)
    except ConfigError as error:
        advice = "" if named or ".name " not in str(error) else " Give a name with --name."
        raise ConfigError(f"{error}{advice}") from error
    return credit
