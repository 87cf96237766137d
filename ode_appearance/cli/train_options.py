"""The command line options that training one exemplar and training many have in common."""

import argparse
import dataclasses

from ..config import Exemplar, Kind
from ..config_json import from_json, to_json
from ..errors import ConfigError
from ..training.config import PRESETS, TrainConfig, preset
from .options import add_fields

_CREDIT = ("credit", "license", "real_duration")
# Fields that are not one number or one word.
_LISTS = {"dim_mults": int, "map_weights": float}
_SPECIAL = ("kind", "attention", "normalise_maps", *_LISTS)
_SCALARS = [field.name for field in dataclasses.fields(TrainConfig) if field.name not in _SPECIAL]


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """--preset, --max-minutes, --init-from, the exemplar's credit, and every number of the training config."""
    parser.add_argument("--preset", choices=PRESETS, default="quick", help="the numbers to start from (default quick)")
    parser.add_argument("--max-minutes", type=float, default=float("inf"), help="stop, resumable, after this long")
    parser.add_argument("--init-from", metavar="NAME", help="start from the weights of this material")
    add_fields(parser.add_argument_group("exemplar"), Exemplar, _CREDIT)  # pyright: ignore
    group = parser.add_argument_group("numbers", "by default, those of the preset")
    add_fields(group, TrainConfig, _SCALARS)  # pyright: ignore
    for name in _LISTS:
        (field,) = (field for field in dataclasses.fields(TrainConfig) if field.name == name)
        group.add_argument("--" + name.replace("_", "-"), metavar="N,N,...", help=field.metadata["help"])
    group.add_argument("--no-attention", action="store_true", help="no linear attention")
    group.add_argument(
        "--normalise-maps", action=argparse.BooleanOptionalAction, help="divide each map by its root mean square"
    )


def read_config(options: argparse.Namespace, kind: Kind) -> TrainConfig:
    """The preset with what was given on the command line, checked; raises ConfigError naming what is not possible."""
    given = {name: getattr(options, name) for name in _SCALARS if getattr(options, name) is not None}
    for name, read in _LISTS.items():
        text = getattr(options, name)
        try:
            given |= {} if text is None else {name: [read(part) for part in text.split(",")]}
        except ValueError as error:
            flag = "--" + name.replace("_", "-")
            raise ConfigError(f"{flag} has to be numbers with commas between them such as 1,2,4, not {text!r}.") from error
    if options.no_attention:
        given["attention"] = None
    if options.normalise_maps is not None:
        given["normalise_maps"] = options.normalise_maps
    return from_json(TrainConfig, {**to_json(preset(options.preset, kind)), **given}, "train")


def read_credit(options: argparse.Namespace, name: str) -> Exemplar:
    """Where an exemplar of this name comes from, as far as the command line says."""
    return Exemplar(name, **{field: getattr(options, field) or "" for field in _CREDIT})
