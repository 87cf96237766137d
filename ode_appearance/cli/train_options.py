"""Command line options that `train` and `train-all` share."""

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
# Fields that are not a single number or word.
_LISTS = {"dim_mults": int, "map_weights": float}
_SPECIAL = ("kind", "attention", "normalise_maps", *_LISTS)
_SCALARS = [name for name in options_of(TrainConfig) if name not in _SPECIAL]


def add_run_options(parser: argparse.ArgumentParser) -> None:
    """Add --preset, --max-minutes, --init-from, the exemplar's credit, and all training options."""
    parser.add_argument(
        "--preset", choices=PRESETS, help="defaults of the training options (default quick; flow for --method flow)"
    )
    parser.add_argument("--max-minutes", type=float, default=float("inf"), help="save and stop after this time")
    parser.add_argument(
        "--init-from",
        metavar="NAME",
        help="start from the weights of this material (the initialisation of an SVBRDF still takes place)",
    )
    exemplar = parser.add_argument_group("exemplar")
    add_fields(exemplar, Exemplar, _CREDIT)  # pyright: ignore
    exemplar.add_argument("--duration", type=float, help="duration in model time (default: as published, 5 or 10)")
    exemplar.add_argument("--frame-interval", type=float, help="model time between frames, instead of --duration")
    exemplar.add_argument("--most-frames", type=int, help="maximum number of frames, picked evenly (default 100)")
    group = parser.add_argument_group("numbers", "training options; defaults are those of the preset")
    add_fields(group, TrainConfig, _SCALARS)  # pyright: ignore
    for name in _LISTS:
        group.add_argument(flag(name), metavar="N,N,...", help=options_of(TrainConfig)[name].metadata["help"])
    group.add_argument("--no-attention", action="store_true", help="no linear attention")
    group.add_argument(
        "--normalise-maps", action=argparse.BooleanOptionalAction, help="divide each map by its root mean square"
    )


def read_numbers(options: argparse.Namespace, kind: Kind, begun: Path | None) -> tuple[TrainConfig, dict[str, Any]]:
    """The options of a training and its exemplar's metadata.

    Args:
        begun: folder of the run to resume; None for a new run, without metadata.

    Raises:
        ConfigError: an option is not possible, or may not change when a run is resumed.
        TrainingError: there is no run to resume.
    """
    if begun is None:
        return _new(options, kind), {}
    config, metadata = read_request(begun)
    if config.kind != kind:
        raise ConfigError(f"{begun} holds a run of --kind {config.kind}, not {kind}.", code="kind")
    return _resumed(options, config), metadata


def _new(options, kind):
    """The preset with the given options, checked."""
    given = _given(options)
    usual = "flow" if given.get("method") == "flow" else "quick"
    return from_json(TrainConfig, {**to_json(preset(options.preset or usual, kind)), **given}, "train")


def _resumed(options, begun):
    """The options of a run, with the given CHANGEABLE ones; ConfigError if others differ, given or by a preset."""
    given = _given(options)
    defaults = preset(options.preset, begun.kind) if options.preset else begun
    kept = {name: values_of(begun)[name] for name in CHANGEABLE}
    config = from_json(TrainConfig, {**to_json(defaults), **kept, **given}, "train")
    if config.data.features == "auto":
        config = config.replace(features=begun.data.features)
    for option, old in values_of(begun).items():
        new = values_of(config)[option]
        if old != new and option not in CHANGEABLE:
            name, origin = option.replace("_", "-"), "" if option in given else f" (of --preset {options.preset})"
            raise ConfigError(
                f"A resumed run keeps its options: its {name} is {old}, and cannot become {new}{origin}.", code="fixed-option"
            )
    return config


def _given(options):
    """The training options given on the command line, as in JSON."""
    given = {name: getattr(options, name) for name in _SCALARS if getattr(options, name) is not None}
    for name, read in _LISTS.items():
        text = getattr(options, name)
        try:
            given |= {} if text is None else {name: [read(part) for part in text.split(",")]}
        except ValueError as error:
            raise ConfigError(f"{flag(name)} has to be numbers separated by commas, such as 1,2,4, not {text!r}.") from error
    given = checked(TrainConfig, given)
    if options.no_attention:
        given["attention"] = None
    if options.normalise_maps is not None:
        given["normalise_maps"] = options.normalise_maps
    return given


def read_exemplar(
    options: argparse.Namespace, path: Path, config: TrainConfig, name: str | None, begun: dict[str, Any]
) -> ExemplarFrames:
    """Load the exemplar with the given options, by default those in `begun`, the metadata of the run to resume."""
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
    """The credit of an exemplar: the given options, by default those in `begun`, the metadata of the run to resume."""
    return Exemplar(name, **{field: getattr(options, field) or begun.get(field, "") for field in _CREDIT})
