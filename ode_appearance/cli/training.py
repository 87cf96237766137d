"""`train`: learn a material from a time-lapse."""

import argparse
import sys
from pathlib import Path

from ..collection import load
from ..errors import TrainingError
from ..interruption import Interruption
from ..training.folder import MATERIAL
from .train_options import add_run_options, read_credit, read_exemplar, read_numbers


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("train", help="learn a material from a time-lapse")
    parser.add_argument("exemplar", type=Path, help="animated GIF, WebP or PNG, a video, or a folder or zip file of pictures")
    parser.add_argument("--kind", choices=("rgb", "svbrdf"), required=True, help="RGB texture, or SVBRDF lit by a flash")
    add_run_options(parser)
    parser.add_argument("--out", type=Path, required=True, help="folder of the run")
    parser.add_argument(
        "--resume", action="store_true", help="go on from what the run saved, as it began; --iterations may be more"
    )
    parser.add_argument("--stop-at-eof", action="store_true", help="stop, resumable, where the standard input ends")
    parser.add_argument("--name", help="name of the material (default: the exemplar's)")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Train with a progress bar, until it is finished or interrupted; either way the run can be resumed."""
    from ..training.bar import with_bar
    from ..training.task import Task, perform

    config, begun = read_numbers(options, options.kind, options.out if options.resume else None)
    exemplar = read_exemplar(options, options.exemplar, config, options.name, begun)
    init_from = load(options.init_from) if options.init_from else None
    task = Task(exemplar, config, read_credit(options, exemplar.name, begun), init_from, options.max_minutes)
    stop = Interruption(options.stop_at_eof)
    last = with_bar(perform(task, options.out, resume=options.resume, stop=stop), exemplar.name, config.iterations)
    status = last.status if last else "finished"
    print(f"{exemplar.name}: {status}. The material is in {options.out / MATERIAL}.", file=sys.stderr)
    if status == "not finite":
        raise TrainingError("The loss was no longer a finite number; the last good weights were kept. Lower --learning-rate.")
