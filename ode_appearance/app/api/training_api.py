"""What programs can ask of the app's trainings, with plain arguments. No component is made here."""

import secrets
from pathlib import Path
from typing import Any

from ...config.serialization import from_json, to_json
from ...errors import RequestError
from ...training.checks import check_training
from ...training.train_config import TrainConfig
from ...training.train_config import preset as preset_of
from ..actions.training_view import curve, summary
from ..materials.library import Library
from ..solving.requests import whole_number
from ..train_form.exemplar_upload import look_at
from ..train_form.form_estimate import training_seconds
from ..train_form.form_start import start_training
from ..trainings.run_records import Order, Run

ACTIONS = ("", "pause", "resume", "keep")


class TrainingProgram:
    """The trainings for programs. Raises AppearanceError, with a sentence, for what is not possible."""

    def __init__(self, library: Library):
        self._library = library

    def train(
        self, exemplar: str, name: str, kind: str, preset: str, iterations: int, credit: str, license: str, owner: str,
        init_from: str, numbers: dict[str, Any],
    ) -> dict[str, str]:  # fmt: skip
        """Queue a training; returns its key and its owner, which are asked for ever after.

        `numbers` are fields of the training config that are not to be the preset's.
        """
        if not exemplar:
            raise RequestError("Give a time-lapse: an animation, a video, or a zip file of pictures.")
        path, config = Path(exemplar), _config(kind, preset, iterations, numbers)
        owner, name = owner or secrets.token_urlsafe(16), name or path.stem
        run = start_training(self._library, path, config, Order(owner, name, "", credit, license, init_from))
        return {"owner": owner, "key": run.key}

    def look(self, exemplar: str, kind: str, preset: str, numbers: dict[str, Any]) -> dict[str, Any]:
        """A time-lapse as a training would see it: frames, their side, the model time at their end, what was done to them."""
        if not exemplar:
            raise RequestError("Give a time-lapse: an animation, a video, or a zip file of pictures.")
        found, _ = look_at(Path(exemplar), _config(kind, preset, 0, numbers), Path(exemplar).stem)
        return {"frames": len(found), "size": found.size, "duration": found.duration, "notes": list(found.notes)}

    def estimate(self, kind: str, preset: str, iterations: int, numbers: dict[str, Any]) -> dict[str, Any]:
        """About how many seconds a training takes on this machine, and the features by which it compares."""
        seconds, features = training_seconds(_config(kind, preset, iterations, numbers))
        return {"seconds": round(seconds), "features": "none" if features is None else features.name}

    def trainings(self, owner: str) -> list[dict[str, str]]:
        """An owner's trainings: key, name and status, the latest first."""
        trainings = self._trainings
        return [{"key": run.key, "name": run.order.name, "status": trainings.status(run)} for run in trainings.of(owner)]

    def training(self, owner: str, key: str, action: str) -> dict[str, Any]:
        """Where a training stands, after a "pause", "resume", "keep" (stop for good) or nothing; with its loss curve."""
        trainings = self._trainings
        run = trainings.find(owner, key)
        if action not in ACTIONS:
            raise RequestError(f"A training can be told to {', '.join(ACTIONS[1:])}, not to {action[:20]!r}.")
        if action == "resume":
            trainings.resume(run)
        elif action:
            trainings.pause(run, keep=action == "keep")
        status = trainings.status(run)
        return {"status": status, "summary": summary(run, status), "curve": curve(run), "material": run.has_material}

    def training_picture(self, owner: str, key: str) -> Path:
        """The exemplar at five times with the result below."""
        run: Run = self._trainings.find(owner, key)
        if run.result is None:
            raise RequestError("There is no picture yet.")
        return self._library.served(run.result)

    def open_trained(self, owner: str, key: str) -> str:
        """Open a trained material as it is at this moment: the name by which it can be rendered and exported."""
        return self._library.open_own(owner, key).name

    def trained(self, owner: str, key: str) -> Path:
        """A trained material's checkpoint as a zip file."""
        return self._library.pack_own(owner, key)

    def rename(self, owner: str, key: str, name: str) -> str:
        """Give a training and its material another name."""
        self._library.rename_own(owner, key, name)
        return "renamed"

    def publish(self, owner: str, key: str, repository: str, token: str, private: bool) -> str:
        """Put a trained material on the Hub; returns its address there. The token is used this once."""
        return self._library.publish_own(owner, key, repository, token, private)

    def delete(self, owner: str, key: str) -> str:
        """Delete a training and its material."""
        self._library.delete_own(owner, key)
        return "deleted"

    @property
    def _trainings(self):
        if self._library.trainings is None:
            raise RequestError("Nothing is trained by this app.")
        return self._library.trainings


def _config(kind, preset, iterations, numbers):
    """The preset with other numbers, checked."""
    if not isinstance(numbers, dict) or "kind" in numbers:
        raise RequestError("The numbers are an object of training numbers by their names; the kind is an argument.")
    changes = {**numbers, **({"iterations": whole_number({"iterations": iterations}, "iterations")} if iterations else {})}
    config = from_json(TrainConfig, {**to_json(preset_of(preset, kind)), **changes}, "training")
    check_training(config)
    return config
