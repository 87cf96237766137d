"""The command line options that training one exemplar and training many have in common."""

import argparse
from pathlib import Path
from typing import Any

from ..config.option_groups import options_of, values_of
from ..config.schema import Exemplar, Kind
from ..config.serialization import from_json, to_json
from ..data import ExemplarFrames, load_exemplar
from ..errors import ConfigError
from ..training.run_dir.folder import read_request
from ..training.train_config import CHANGEABLE, PRESETS, TrainConfig, preset
from .options import add_fields, checked, flag

_CREDIT = ("credit", "license", "real_duration")
# Fields that are not one number or one word.
_LISTS = {"dim_mults": int, "map_weights": float}
_SPECIAL = ("kind", "attention", "normalise_maps", *_LISTS)
_SCALARS = [name for name in options_of(TrainConfig) if name not in _SPECIAL]


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """--preset, --max-minutes, --init-from, the exemplar's credit, and every number of the training config."""
    parser.add_argument("--preset", choices=PRESETS, help="the numbers to start from (default quick; flow for --method flow)")
    parser.add_argument("--max-minutes", type=float, default=float("inf"), help="stop, resumable, after this long")
    parser.add_argument(
        "--init-from", metavar="NAME", help="start from the weights of this material (an SVBRDF is still initialised)"
    )
    exemplar = parser.add_argument_group("exemplar")
    add_fields(exemplar, Exemplar, _CREDIT)  # pyright: ignore
    exemplar.add_argument("--duration", type=float, help="model time of the whole (default: as published, 5 or 10)")
    exemplar.add_argument("--frame-interval", type=float, help="instead, model time from each frame to the next")
    exemplar.add_argument("--most-frames", type=int, help="pick this many frames evenly where there are more (default 100)")
    group = parser.add_argument_group("numbers", "by default, those of the preset")
    add_fields(group, TrainConfig, _SCALARS)  # pyright: ignore
    for name in _LISTS:
        group.add_argument(flag(name), metavar="N,N,...", help=options_of(TrainConfig)[name].metadata["help"])
    group.add_argument("--no-attention", action="store_true", help="no linear attention")
    group.add_argument(
        "--normalise-maps", action=argparse.BooleanOptionalAction, help="divide each map by its root mean square"
    )


def read_numbers(options: argparse.Namespace, kind: Kind, begun: Path | None) -> tuple[TrainConfig, dict[str, Any]]:
    """The numbers of a training, and what is known of its exemplar: those of the run in the folder `begun`, or new ones.

    Raises ConfigError naming what is not possible, and TrainingError where there is no run to go on with.
    """
    if begun is None:
        return _new(options, kind), {}
    config, metadata = read_request(begun)
    if config.kind != kind:
        raise ConfigError(f"{begun} holds a run of --kind {config.kind}, not {kind}.")
    return _resumed(options, config), metadata


def _new(options, kind):
    """The preset with what was given on the command line, checked."""
    given = _given(options)
    usual = "flow" if given.get("method") == "flow" else "quick"
    return from_json(TrainConfig, {**to_json(preset(options.preset or usual, kind)), **given}, "train")


def _resumed(options, begun):
    """What a run began with, and those of the CHANGEABLE numbers that are given now; no other may be, alone or by a preset."""
    given = _given(options)
    asked = preset(options.preset, begun.kind) if options.preset else begun
    kept = {name: values_of(begun)[name] for name in CHANGEABLE}
    wanted = from_json(TrainConfig, {**to_json(asked), **kept, **given}, "train")
    if wanted.data.features == "auto":
        wanted = wanted.replace(features=begun.data.features)
    for option, had in values_of(begun).items():
        asked_for = values_of(wanted)[option]
        if had != asked_for and option not in CHANGEABLE:
            name, why = option.replace("_", "-"), "" if option in given else f", as --preset {options.preset} has it"
            beginning = "A run goes on with the numbers that it began with"
            raise ConfigError(f"{beginning}: its {name} is {had}, and cannot be {asked_for}{why}.")
    return wanted


def _given(options):
    """What the command line says of the training config, as JSON would."""
    given = {name: getattr(options, name) for name in _SCALARS if getattr(options, name) is not None}
    for name, read in _LISTS.items():
        text = getattr(options, name)
        try:
            given |= {} if text is None else {name: [read(part) for part in text.split(",")]}
        except ValueError as error:
            raise ConfigError(f"{flag(name)} has to be numbers with commas between such as 1,2,4, not {text!r}.") from error
    given = checked(TrainConfig, given)
    if options.no_attention:
        given["attention"] = None
    if options.normalise_maps is not None:
        given["normalise_maps"] = options.normalise_maps
    return given


def read_exemplar(
    options: argparse.Namespace, path: Path, config: TrainConfig, name: str | None, begun: dict[str, Any]
) -> ExemplarFrames:
    """The exemplar as the command line wants it, or else as a run that is `begun` (its metadata, or nothing) had it."""
    duration = options.duration
    if duration is None and options.frame_interval is None:
        duration = begun.get("duration")
    return load_exemplar(
        path,
        config.kind,
        size=config.data.exemplar_size,
        frames=options.most_frames,
        frame_interval=options.frame_interval,
        duration=duration,
        name=name or begun.get("name"),
        real_duration=options.real_duration or begun.get("real_duration", ""),
    )


def read_credit(options: argparse.Namespace, name: str, begun: dict[str, Any]) -> Exemplar:
    """Where an exemplar of this name comes from, as far as the command line says or a run that is `begun` knew."""
    return Exemplar(name, **{field: getattr(options, field) or begun.get(field, "") for field in _CREDIT})
