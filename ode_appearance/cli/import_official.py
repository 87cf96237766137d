"""`import-official`: convert the paper's released models, a zip file or folder, to checkpoints."""

import dataclasses
import sys
import typing
from pathlib import Path

from ..config.schema import BrdfName, Exemplar, MaterialConfig, SolverConfig, Times
from ..config.serialization import parse_json
from ..errors import CheckpointError, ConfigError
from ..models.unet_weights import count_parameters
from ..paper_models.importer import NAME, ImportResult, import_release
from ..paper_models.infer_architecture import ArchitectureHints
from ..runtime.folders import imports_folder
from .options import add_fields, checked, flag

_TIMES = ("warmup", "duration", "frame_interval", "frames")
_SOLVER = ("method", "rtol", "atol", "step")
_EXEMPLAR = ("credit", "license", "real_duration")


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("import-official", help="convert the published models of a zip file or folder to checkpoints")
    parser.add_argument("path", type=Path, help="the release's zip file, or a folder with a model.eqx anywhere below it")
    parser.add_argument("--name", help="name of a single material: letters, digits, - and _ (default: the folder's name)")
    parser.add_argument("--prefix", default="", help="prefix of all names, to distinguish them from existing ones")
    parser.add_argument("--replace", action="store_true", help="replace existing materials of these names")
    group = parser.add_argument_group("models", "by default inferred from the shapes in the files, where possible")
    group.add_argument("--kind", choices=("rgb", "svbrdf"), help="RGB texture or SVBRDF")
    group.add_argument("--brdf", choices=typing.get_args(BrdfName), help="BRDF model of SVBRDFs")
    group.add_argument("--hidden-channels", type=int, help="hidden channels of the states (default 9)")
    group.add_argument("--heads", type=int, help="attention heads, for a file without their number (default 4)")
    add_fields(parser, MaterialConfig, ["normals"])
    add_fields(parser.add_argument_group("times"), Times, _TIMES)
    add_fields(parser.add_argument_group("solver"), SolverConfig, _SOLVER)
    add_fields(parser.add_argument_group("exemplar"), Exemplar, _EXEMPLAR)
    parser.add_argument("--training", metavar="JSON", help="the training record, as a JSON object")
    parser.add_argument("--out", type=Path, help="folder of the checkpoints (default: checkpoints/)")
    parser.set_defaults(run=run)


def run(options) -> None:
    """Import all models with previews and keyframes; print the path of a single one, or a table."""
    for text in (options.name, options.prefix or None):
        if text is not None and not NAME.fullmatch(text):
            raise ConfigError(f"A name has letters, digits, - and _ only, not {text!r}.")
    for name, minimum, maximum in (("hidden_channels", 0, 256), ("heads", 1, 64)):
        value = getattr(options, name)
        if value is not None and not minimum <= value <= maximum:
            raise ConfigError(f"{flag(name)} has to be from {minimum} to {maximum}, not {value}.")
    if options.kind == "rgb" and options.brdf is not None:
        raise ConfigError("--brdf is for SVBRDFs.")
    given = ArchitectureHints(options.kind, options.brdf, options.hidden_channels, options.heads)
    results = []
    out = options.out or imports_folder()
    names = {"name": options.name, "prefix": options.prefix, "replace": options.replace}
    for result in import_release(options.path, out, hints=given, adapt=_adaptation(options), **names):
        results.append(result)
        print(f"{len(results)}: {result.name}: {result.error or 'imported'}", file=sys.stderr)
    failed = [result for result in results if result.error]
    if len(results) == 1:
        if failed:
            raise CheckpointError(failed[0].error)
        print(results[0].folder)
        return
    print("\n".join(table(results)))
    if failed:
        raise CheckpointError(f"{len(failed)} of {len(results)} models could not be imported; the others were.")


def _adaptation(options):
    """A function that applies the given options to a config; they are checked first."""

    def given(cls, names):
        return checked(cls, {name: getattr(options, name) for name in names})

    training = parse_json(options.training) if options.training else {"origin": "published checkpoint"}
    times, solver, exemplar = given(Times, _TIMES), given(SolverConfig, _SOLVER), given(Exemplar, _EXEMPLAR)
    own = {**checked(MaterialConfig, {"training": training}), **given(MaterialConfig, ["normals"])}

    def adapt(config: MaterialConfig) -> MaterialConfig:
        return dataclasses.replace(
            config,
            times=dataclasses.replace(config.times, **times),
            solver=dataclasses.replace(config.solver, **solver),
            exemplar=dataclasses.replace(config.exemplar, **exemplar),
            **own,
        )

    return adapt


def table(results: list[ImportResult]) -> list[str]:
    """Lines of a table: a material each, what kind it is, its network, whether its exemplar was there, and what is wrong."""
    rows: list[tuple[str, ...]] = [("material", "kind", "parameters", "exemplar", "")]
    for result in results:
        config = result.config
        details = ("-", "-", "-")
        if config is not None:
            details = (config.brdf or "rgb", f"{count_parameters(config.architecture):,}", "yes" if result.exemplar else "no")
        rows.append((result.name, *details, result.error or result.note))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    padded = [[cell.ljust(width) for cell, width in zip(row, widths, strict=False)] + [row[4]] for row in rows]
    return ["  ".join(row).rstrip() for row in padded]
