"""Trainings that start from the weights of a material, shipped or one's own, and what has to fit for that."""

import dataclasses
from pathlib import Path
from typing import Any

from ...checkpoints.checkpoint import load_config
from ...checkpoints.registry import list_materials
from ...config.schema import Architecture, Exemplar, MaterialConfig
from ...config.serialization import to_json
from ...errors import RequestError, TrainingError
from ...models.maps import map_channels
from ...perceptual.features import load_features
from ...training.checks import check_credit, check_training
from ...training.run_dir.folder import MATERIAL
from ...training.train_config import TrainConfig
from ...training.training_memory import check_training_memory
from ...web.scene import kind_label, title
from ..materials.library import Library
from ..trainings.run_records import Order, Run
from .exemplar_upload import look_at
from .form_fields import ADVANCED, shown_value


@dataclasses.dataclass(frozen=True)
class Start:
    """A material to start from, and the run that it comes from where it is one's own."""

    config: MaterialConfig
    run: Run | None = None


def start_choices(library: Library, owner: str) -> list[tuple[str, str]]:
    """(label, name) of every material that a browser's trainings can start from; of none first."""
    own = [(f"{row['title']} (mine, {row['label']})", row["name"]) for row in library.own_rows(owner)]
    shipped = [(title(name), name) for name in list_materials(library.collection.folder)]
    return [("nothing: fresh weights", ""), *shipped, *own]


def find_start(library: Library, owner: str, name: str) -> Start:
    """A shipped material by its name, or a browser's own by its key; raises AppearanceError for all others."""
    shipped = list_materials(library.collection.folder)
    if name in shipped:
        return Start(load_config(library.collection.folder / name))
    runs = {} if library.trainings is None else {run.key: run for run in library.trainings.of(owner)}
    if name not in runs:
        known = ", ".join(shipped) or "nothing"
        raise RequestError(f"A training can start from {known} and one's own materials, not from {name[:100]!r}.")
    if not runs[name].has_material:
        raise TrainingError("There is no material yet to start from: it is saved every two minutes, and at a pause.")
    return Start(load_config(runs[name].folder / MATERIAL), runs[name])


def start_training(library: Library, path: Path, config: TrainConfig, order: Order) -> Run:
    """Queue a training of what lies at `path`; raises AppearanceError where any of it is not possible."""
    trainings = library.trainings
    if trainings is None:
        raise RequestError("Nothing is trained by this app.")
    trainings.check_room()
    start = find_start(library, order.owner, order.init_from) if order.init_from else None
    if start is not None:
        check_start(start.config, config)
    check_credit(Exemplar(order.name, order.credit, order.license))
    check_training(config, load_features(config.data.features) if config.method == "texture" else None)
    if trainings.idle:  # else there may be more memory when its turn comes
        check_training_memory(config)
    look_at(path, config, order.name)
    return trainings.start(path, config, order, start.run if start else None)


def check_start(start: MaterialConfig, config: TrainConfig) -> None:
    """Raise TrainingError, saying what differs, where the weights of a material are not those of the training's network."""
    if start.kind != config.kind:
        raise TrainingError(f"{title(start.name)} is of another kind than this training: {kind_label(start)}.")
    theirs, ours = to_json(start.architecture), to_json(config.architecture)
    differ = [
        f"{field.name} {shown_value(theirs[field.name]) or 'none'}, not {shown_value(ours[field.name]) or 'none'}"
        for field in dataclasses.fields(Architecture)
        if theirs[field.name] != ours[field.name]
    ]
    if differ:
        raise TrainingError(
            f"{title(start.name)} has another network than this training: {'; '.join(differ)}. Give it the same."
        )


def with_start(values: list[Any], start: MaterialConfig) -> list[Any]:
    """The values of ADVANCED, with a material's network in place of theirs."""
    hidden = start.architecture.channels - sum(count for _, count in map_channels(start))
    network = {**to_json(start.architecture), "brdf": start.brdf, "hidden_channels": hidden}
    return [
        shown_value(network[field.name]) if field.name in network else value
        for field, value in zip(ADVANCED, values, strict=True)
    ]
