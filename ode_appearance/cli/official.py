"""`import-official`: a checkpoint of the paper's release to one of ours."""

import dataclasses
import re
import typing
from pathlib import Path

from ..checkpoint import check_config, save
from ..collection import checkpoints_folder
from ..config import BrdfName, Exemplar, MaterialConfig, SolverConfig, Times
from ..config_json import from_json, parse_json, to_json
from ..errors import ConfigError
from ..official import import_official, published_config
from .options import add_fields, checked

_TIMES = ("warmup", "duration", "frame_interval", "frames")
_EXEMPLAR = ("credit", "license", "real_duration")


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("import-official", help="turn a published model.eqx (and light.eqx) into a checkpoint")
    parser.add_argument("folder", type=Path, help="the folder that holds model.eqx")
    parser.add_argument("--kind", choices=("rgb", "svbrdf"), required=True, help="RGB texture or SVBRDF")
    parser.add_argument("--name", required=True, help="name of the material: letters, digits, - and _")
    parser.add_argument("--brdf", choices=typing.get_args(BrdfName), help="BRDF model (default diffuse_cook_torrance)")
    parser.add_argument("--dim", type=int, help="width of the first level (default: as published)")
    parser.add_argument("--dim-mults", metavar="M,M,...", help="width of each level over dim (default: as published)")
    add_fields(parser, MaterialConfig, ["normals"])
    add_fields(parser.add_argument_group("times"), Times, _TIMES)
    add_fields(parser.add_argument_group("solver"), SolverConfig, ("method", "rtol", "atol", "step"))
    add_fields(parser.add_argument_group("exemplar"), Exemplar, _EXEMPLAR)
    parser.add_argument("--training", metavar="JSON", help="the training record, as a JSON object")
    parser.add_argument("--out", type=Path, help="folder to put it in (default: checkpoints/)")
    parser.set_defaults(run=run)


def run(options) -> None:
    """Import, bake the preview, and write the folder."""
    if not re.fullmatch(r"[\w-]{1,100}", options.name):
        raise ConfigError(f"A name has letters, digits, - and _ only, not {options.name!r}.")
    mults = None
    if options.dim_mults is not None:
        if not re.fullmatch(r"\d{1,3}(,\d{1,3})*", options.dim_mults):
            raise ConfigError(f"--dim-mults has to be whole numbers such as 1,2,4, not {options.dim_mults!r}.")
        mults = tuple(int(part) for part in options.dim_mults.split(","))
    config = published_config(options.name, options.kind, brdf=options.brdf, dim=options.dim, dim_mults=mults)

    training = parse_json(options.training) if options.training else {"origin": "published checkpoint"}

    def given(cls, names):
        return checked(cls, {name: getattr(options, name) for name in names})

    config = dataclasses.replace(
        config,
        times=dataclasses.replace(config.times, **given(Times, _TIMES)),
        solver=dataclasses.replace(config.solver, **given(SolverConfig, ("method", "rtol", "atol", "step"))),
        exemplar=Exemplar(options.name, **given(Exemplar, _EXEMPLAR)),
        **checked(MaterialConfig, {"training": training}),
        **given(MaterialConfig, ["normals"]),
    )
    config = from_json(MaterialConfig, to_json(config))
    check_config(config)
    material = import_official(options.folder, config)
    print(save(material, (options.out or checkpoints_folder()) / options.name))
