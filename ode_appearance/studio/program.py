"""What programs can ask of the app, with plain arguments: the actions of the page. No component is made here."""

import secrets
from pathlib import Path

from ..config_json import from_json, to_json
from ..errors import RequestError
from ..training.config import TrainConfig
from ..training.config import preset as preset_of
from ..training.trainer import check_training
from .handlers import Studio, own_fields
from .library import Library
from .materials import BrokenEntry, facts
from .requests import whole
from .runs import Order
from .seen import STILLS
from .training_form import look_at
from .training_view import summary


class Program:
    """The app for programs. Raises AppearanceError, with a sentence, for what is not possible."""

    def __init__(self, studio: Studio, library: Library):
        self._studio, self._library = studio, library

    def materials(self) -> list[dict[str, str]]:
        """The shipped materials: name, kind, and for a broken one the error."""
        entries = self._studio.collection.entries
        return [
            {"name": entry.name, "error": entry.error}
            if isinstance(entry, BrokenEntry)
            else {"name": entry.name, "kind": entry.config.kind}
            for entry in entries
        ]

    def material(self, name: str) -> dict[str, str]:
        """What there is to know of one: credit, licence, training record and measures among it."""
        return dict(facts(self._studio.collection.find(name)))

    async def export(
        self, material: str, format: str, seed: int, width: int, height: int, time: float, end: float, frames: int,
        fps: float, map_format: str, map_values: str, x: float, y: float, log_intensity: float | None,
    ) -> Path:  # fmt: skip
        """A file of one material: a picture or maps at `time`; frames, an animation, states or a page from `time` to `end`."""
        config = self._studio.collection.find(material).config
        fields = {"seed": seed, "width": width, "height": height}
        fields = {**own_fields(config, fields), **fields}
        sequence = end > time
        if not sequence and format not in STILLS:
            raise RequestError(f"A file of format {format} shows a range: give an `end` that is later than `time`.")
        if sequence:
            fields |= {"start": time, "end": end}
        intensity = config.light.log_intensity if log_intensity is None else log_intensity
        seen = {"time": time, "lights": [{"x": x, "y": y, "logIntensity": intensity}]}
        options = dict(format=format, fps=fps, map_format=map_format, map_values=map_values, sequence=sequence, frames=frames)
        session = f"program {secrets.token_hex(8)}"
        written = [path async for _, path in self._studio.exports.export(session, material, fields, seen, options)]
        if written[-1] is None:
            raise RequestError("The export was stopped.")
        return written[-1]

    def search(self, query: str) -> list[dict[str, str]]:
        """Materials on the Hugging Face Hub."""
        self._check_hub()
        return [dict(row) for row in self._library.search(query)]

    def fetch(self, repository: str) -> str:
        """Fetch `user/repo[@revision]` from the Hub; returns the name by which it can be rendered and exported here."""
        self._check_hub()
        return self._library.open_from_hub(repository).name

    def train(
        self, exemplar: str, name: str, kind: str, preset: str, iterations: int, credit: str, license: str, owner: str
    ) -> dict[str, str]:
        """Queue a training; returns its key and its owner, which are asked for ever after."""
        trainings = self._trainings
        if not exemplar:
            raise RequestError("Give a time-lapse: an animation, a video, or a zip file of pictures.")
        path = Path(exemplar)
        config = preset_of(preset, kind)
        if iterations:
            config = from_json(TrainConfig, {**to_json(config), "iterations": whole({"iterations": iterations}, "iterations")})
            check_training(config)
        owner, name = owner or secrets.token_urlsafe(16), name or path.stem
        look_at(path, config, name)
        run = trainings.start(path, config, Order(owner, name, "", credit, license, ""))
        return {"owner": owner, "key": run.key}

    def training(self, owner: str, key: str, action: str) -> dict[str, str]:
        """Where a training stands, after a "pause", "resume", "keep" (stop for good) or nothing."""
        trainings = self._trainings
        run = trainings.find(owner, key)
        if action == "resume":
            trainings.resume(run)
        elif action in ("pause", "keep"):
            trainings.pause(run, keep=action == "keep")
        elif action:
            raise RequestError(f"A training can be told to pause, resume or keep, not to {action[:20]!r}.")
        status = trainings.status(run)
        return {"status": status, "summary": summary(run, status)}

    def delete_training(self, owner: str, key: str) -> str:
        """Delete a training and its material."""
        self._library.delete_own(owner, key)
        return "deleted"

    def trained(self, owner: str, key: str) -> Path:
        """A trained material's checkpoint as a zip file."""
        return self._library.pack_own(owner, key)

    def _check_hub(self):
        if not self._library.hub:
            raise RequestError("The Hub is not asked by this app.")

    @property
    def _trainings(self):
        if self._library.trainings is None:
            raise RequestError("Nothing is trained by this app.")
        return self._library.trainings
