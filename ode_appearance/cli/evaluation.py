"""`evaluate`: how close a material is to its exemplar, or all of them to theirs."""

import dataclasses
import sys
from pathlib import Path

from ..checkpoint import EXEMPLAR, PREVIEW, checked_file, save
from ..collection import checkpoints_folder, find_folder, list_materials, load, local_folder
from ..errors import AppearanceError, CheckpointError, RequestError
from ..material import Material


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("evaluate", help="measure how close a material is to its exemplar")
    parser.add_argument("name", nargs="?", help="a name in checkpoints/, or a folder")
    parser.add_argument("exemplar", type=Path, nargs="?", help="its exemplar: an animation, a video, a folder or zip file")
    parser.add_argument("--all", action="store_true", help="measure every material of checkpoints/ instead")
    parser.add_argument("--exemplars", type=Path, metavar="DIR", help="where their exemplars are, besides examples/")
    parser.add_argument("--seeds", type=int, default=1, metavar="N", help="measure N samples: seeds 0 to N-1 (default 1)")
    parser.add_argument("--controls", action="store_true", help="measure what should do worse, too")
    parser.add_argument("--record", action="store_true", help="write the measures into config.json and the model card")
    parser.set_defaults(run=run)


def run(options) -> None:
    """Print a table of the measures."""
    if options.all == (options.name is not None) or (not options.all and options.exemplar is None):
        raise RequestError("Give a material and its exemplar, or --all (with --exemplars DIR).")
    if options.exemplars is not None and not options.all:
        raise RequestError("--exemplars is for --all; one material's exemplar is named after it.")
    if options.seeds < 1:
        raise RequestError(f"--seeds has to be at least 1, not {options.seeds}.")
    if options.record and not options.all and local_folder(options.name) is None:
        raise RequestError(f"--record is for checkpoints/ and folders; {options.name} is neither.")
    _print_row("", "distance", "worst", "tsit5 1e-4", "change", "worst", "relit", "light ignored")
    if not options.all:
        _evaluate(options.name, options.exemplar, options)
        return
    from ..exemplar.dataset import find_exemplar

    failed = []
    for name in list_materials():
        try:
            exemplar = find_exemplar(load(name).config.exemplar.name or name, options.exemplars)
            beside = checkpoints_folder() / name / EXEMPLAR
            exemplar = beside if exemplar is None and beside.is_file() else exemplar
            if exemplar is None:
                print(f"{name:28} not measurable here: its exemplar is not at hand", flush=True)
            else:
                _evaluate(name, exemplar, options)
        except AppearanceError as error:
            print(f"{name:28} {error}", file=sys.stderr, flush=True)
            failed.append(name)
    if failed:
        raise AppearanceError(f"Not measured: {', '.join(failed)}; why is said above.")


def _evaluate(name, exemplar, options):
    from ..measuring import controls, measure

    material = load(name)
    report, evaluator = measure(material, exemplar, seeds=options.seeds)
    kept = report.record()
    row = [*dataclasses.astuple(report.own), kept.get("relit_ratio"), kept.get("relit_ratio_ignoring_the_light")]
    _print_row(material.name, *row[:2], report.reference.distance_ratio, *row[2:])
    for light, ratios in report.relit.items():
        _print_row(f"  relit, {light}", *[None] * 5, *ratios)
    if report.others:
        for seed, measures in enumerate(report.others, 1):
            _print_measures(f"  seed {seed}", measures)
        _print_measures(f"  over {1 + len(report.others)} seeds", report.over_seeds())
    if options.controls:
        for control, measures in controls(evaluator, _another(material)).items():
            _print_measures(f"  {control}", measures)
    if options.record:
        folder = find_folder(name)
        measured = Material(material.vector_field, dataclasses.replace(material.config, measures=kept))
        save(measured, folder, preview=checked_file(folder, PREVIEW).read_bytes())


def _print_measures(name, measures):
    distance, worst, *change = dataclasses.astuple(measures)
    _print_row(name, distance, worst, None, *change)


def _print_row(name, *values):
    cells = ["" if v is None else v if isinstance(v, str) else f"{v:.3f}" for v in values]
    print(f"{name:28}", *(f"{cell:>13}" for cell in cells), flush=True)


def _another(material):
    """Some other material, of the same kind if there is one."""
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
