"""The form of a training: fields generated from the training config, and what was filled in, checked."""

import dataclasses
import functools
import math
import typing
from pathlib import Path
from typing import Any, Literal

import gradio as gr

from ...config.option_groups import options_of
from ...config.schema import Attention, Kind
from ...config.serialization import from_json, to_json
from ...data import list_dataset
from ...errors import ConfigError, ExemplarError
from ...runtime.folders import examples_folder
from ...training.checks import check_training
from ...training.train_config import TrainConfig, preset

# What the form asks for by itself, and what an interface has no use for.
_LEFT_OUT = ("kind", "preview_every", "save_every")
_RECORD = [field.name for field in dataclasses.fields(Attention)]
ADVANCED = [option for option in options_of(TrainConfig).values() if option.name not in _LEFT_OUT]
"""The fields under "advanced", in order."""


@functools.cache
def examples() -> dict[str, tuple[Path, Kind]]:
    """The exemplars that come with the app, by name."""
    try:
        return {entry.name: (entry.path, entry.kind) for entry in list_dataset(examples_folder())}
    except ExemplarError:
        return {}


def advanced_fields() -> list[gr.components.Component]:
    """A component for each of ADVANCED, with the quick preset's values."""
    values = shown_values(preset("quick"))
    return [_component(field, value) for field, value in zip(ADVANCED, values, strict=True)]


def shown_values(config: TrainConfig) -> list[Any]:
    """The values of ADVANCED as the components show them."""
    data = to_json(config)
    return [shown_value(data[field.name]) for field in ADVANCED]


def shown_value(value: Any) -> Any:
    """A value out of a config's JSON as its component shows it: several numbers as a text."""
    values = list(value.values()) if isinstance(value, dict) else value
    return ", ".join(f"{value:g}" for value in values) if isinstance(values, list | tuple) else value


def read_config(kind: Kind, preset_name: str, values: list[Any]) -> TrainConfig:
    """The preset with what was filled in; raises AppearanceError for what is not possible."""
    data = to_json(preset(preset_name, kind))
    for field, value in zip(ADVANCED, values, strict=True):
        data[field.name] = _attention(value) if _is_record(field) else _read(field, value)
    config = from_json(TrainConfig, data, "training")
    check_training(config)
    return config


def _component(field, value):
    label, info = field.name.replace("_", " ").capitalize(), field.metadata["help"]
    if _is_record(field):
        info += f": its {' and '.join(name.replace('_', ' ') for name in _RECORD)}, such as 4, 8"
    options = {"label": label, "info": info, "value": value, "interactive": True, "min_width": 200}
    hint = field.hint
    choices = [choice for part in (hint, *typing.get_args(hint)) for choice in _literals(part)]
    if choices:
        return gr.Dropdown([*choices, *([("none", None)] if type(None) in typing.get_args(hint) else [])], **options)
    if hint is bool:
        return gr.Checkbox(**options)
    if _is_list(field) or _is_record(field):
        return gr.Textbox(**options)
    bounds = {name: field.metadata[name] for name in ("minimum", "maximum") if math.isfinite(field.metadata[name])}
    return gr.Number(**options, **bounds, precision=0 if hint is int else None, step=1 if hint is int else None)


def _literals(hint):
    return typing.get_args(hint) if typing.get_origin(hint) is Literal else ()


def _is_list(field):
    return typing.get_origin(field.hint) is tuple


def _is_record(field):
    return Attention in typing.get_args(field.hint)


def _read(field, value):
    return _numbers(field.name, value, typing.get_args(field.hint)[0]) if _is_list(field) else _number(field, value)


def _attention(text):
    if not str(text or "").strip():
        return None
    values = _numbers("attention", text, int)
    if len(values) != len(_RECORD):
        raise ConfigError(f"attention has to be {len(_RECORD)} numbers with a comma between them, or nothing, not {text!r}.")
    return dict(zip(_RECORD, values, strict=True))


def _numbers(name, text, kind):
    try:
        return [kind(part) for part in str(text).split(",")]
    except ValueError as error:
        raise ConfigError(f"{name} has to be numbers with commas between them, not {text!r}.") from error


def _number(field, value):
    if value is None and type(None) not in typing.get_args(field.hint):
        raise ConfigError(f"{field.name} is empty: give a value.")
    return int(value) if field.hint is int and isinstance(value, float) and value.is_integer() else value
