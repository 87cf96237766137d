"""`evaluate`: measure how close materials are to their exemplars."""

import dataclasses
import sys
from pathlib import Path

from ..checkpoints.checkpoint import EXEMPLAR, PREVIEW, safe_file, save_folder
from ..checkpoints.library import find_folder, load
from ..checkpoints.registry import list_materials, local_folder
from ..errors import AppearanceError, CheckpointError, RequestError

SEEDS = 4
COLUMNS = ("score", "worst", "change", "worst", "beyond", "relit", "light ignored")


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("evaluate", help="measure how close a material is to its exemplar")
    parser.add_argument("name", nargs="?", help="a name in checkpoints/, or a folder")
    parser.add_argument("exemplar", type=Path, nargs="?", help="its exemplar: an animation, a video, a folder or a zip file")
    parser.add_argument("--all", action="store_true", help="measure all materials of checkpoints/ instead")
    parser.add_argument("--exemplars", type=Path, metavar="DIR", help="folder of their exemplars, besides examples/")
    parser.add_argument(
        "--seeds", type=int, default=SEEDS, metavar="N", help=f"measure N samples: seeds 0 to N-1 (default {SEEDS})"
    )
    parser.add_argument("--controls", action="store_true", help="also score pictures of known quality and an accurate solve")
    parser.add_argument("--record", action="store_true", help="write the measures into config.json and the model card")
    parser.set_defaults(run=run)


def run(options) -> None:
    """Print a table of the scores."""
    if options.all == (options.name is not None) or (not options.all and options.exemplar is None):
        raise RequestError("Give a material and its exemplar, or --all (with --exemplars DIR).")
    if options.exemplars is not None and not options.all:
        raise RequestError("--exemplars is for --all; give the exemplar of one material after its name.")
    if options.seeds < 1:
        raise RequestError(f"--seeds has to be at least 1, not {options.seeds}.")
    if options.record and not options.all and local_folder(options.name) is None:
        raise RequestError(f"--record is for checkpoints/ and folders; {options.name} is neither.")
    _print_row("", *COLUMNS)
    if options.all:
        _evaluate_all(options)
    else:
        _evaluate(options.name, options.exemplar, options)


def _evaluate_all(options):
    from ..data.dataset import find_exemplar

    scores, failed = [], []
    for name in list_materials():
        try:
            exemplar = find_exemplar(load(name).config.exemplar.name or name, options.exemplars)
            beside = find_folder(name) / EXEMPLAR
            exemplar = beside if exemplar is None and beside.is_file() else exemplar
            if exemplar is None:
                print(f"{name:28} not measured: its exemplar was not found", flush=True)
            else:
                scores.append(_evaluate(name, exemplar, options))
        except AppearanceError as error:
            print(f"{name:28} {error}", file=sys.stderr, flush=True)
            failed.append(name)
    if scores:
        close = sum(score <= 1 for score in scores), sum(score <= 1.5 for score in scores)
        print(f"{len(scores)} measured: {close[0]} with a score of at most 1, {close[1]} of at most 1.5", flush=True)
    if failed:
        raise AppearanceError(f"Not measured: {', '.join(failed)}; see the messages above.")


def _evaluate(name, exemplar, options) -> float:
    """Print one material's rows, record its measures with --record, and return its score."""
    from ..evaluation.report import measure

    material = load(name)
    report, judge = measure(material, exemplar, seeds=options.seeds)
    relit = report.mean_relit() or (None, None)
    _print_row(material.name, *dataclasses.astuple(report.overall), report.beyond, *relit)
    if len(report.samples) > 1:
        for seed, scores in enumerate(report.samples):
            _print_row(f"  seed {seed}", *dataclasses.astuple(scores))
    for light, ratios in report.relit.items():
        _print_row(f"  relit, {light}", *[None] * 5, *ratios)
    if options.controls:
        _print_controls(material, judge)
    if options.record:
        folder = find_folder(name)
        measured = dataclasses.replace(material, config=dataclasses.replace(material.config, measures=report.record()))
        save_folder(measured, folder, safe_file(folder, PREVIEW).read_bytes())
    return report.overall.score


def _print_controls(material, judge):
    from ..evaluation.controls import controls
    from ..evaluation.report import pictures_at, rollout, score_by_accurate_solver

    rows = {"seed 0 by tsit5 1e-4": score_by_accurate_solver(material, judge), **controls(judge)}
    if (other := _another(material)) is not None:
        shares = judge.target.shares
        states = rollout(other, judge.target.exemplar.size, shares)
        rows[f"another, {other.name}"] = judge.score(pictures_at(other, states, shares))
    for control, scores in rows.items():
        _print_row(f"  {control}", *dataclasses.astuple(scores))


def _print_row(name, *values):
    cells = ["" if v is None else v if isinstance(v, str) else f"{v:.2f}" for v in values]
    print(f"{name:28}", *(f"{cell:>13}" for cell in cells), flush=True)


def _another(material):
    """Another material, of the same kind if possible."""
    for same_kind in (True, False):
        for name in list_materials():
            try:
                other = load(name)
            except CheckpointError as error:
                print(error, file=sys.stderr)
                continue
            if other.name != material.name and (other.config.kind == material.config.kind) == same_kind:
                return other
    return None
