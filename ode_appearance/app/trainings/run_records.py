"""A training that the app looks after, as its folder tells: what was asked for, by whom, and how far it has come.

order.json      who asked for it, when, and whether it is to run
exemplar.*      the exemplar as it was given
log.txt         what the training process had to say
and what a training writes itself: run.json, state.eqx, journal.jsonl, result.webp, material/
"""

import dataclasses
import json
import re
import secrets
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from ...checkpoints.checkpoint import CONFIG, FILES, KEYFRAMES, START, rename
from ...config.schema import option
from ...config.serialization import from_json, to_json
from ...errors import AppearanceError, TrainingError
from ...runtime.atomic_io import write_atomically
from ...runtime.folder_lock import HOLDER, LOCK
from ...training.run_dir.folder import MATERIAL, read_request, write_request
from ...training.run_dir.journal import RESULT, last_entry, read_journal
from ...training.train_config import TrainConfig
from ..storage.atomic_dir import appearing, is_partial

ORDER, LOG = "order.json", "log.txt"
NAME = r"[^\W_][\w .,()-]{0,59}"
Wanted = Literal["run", "pause", "keep", "failed"]
_OPTIONAL = (START, KEYFRAMES)
"""Files of a checkpoint that not every material has."""


@dataclasses.dataclass(frozen=True)
class Order:
    """What was asked for beside the training config."""

    owner: str = option("", "the browser that asked for it")
    name: str = option("", "name of the material")
    exemplar: str = option("", "name of the exemplar's file in the folder")
    credit: str = option("", "who made the exemplar")
    license: str = option("", "its licence")
    init_from: str = option("", "the material whose weights it starts from")
    created: float = option(0.0, "seconds since 1970", minimum=0, maximum=1e11)
    wanted: Wanted = option("run", "whether it is to run")


@dataclasses.dataclass(frozen=True)
class Run:
    """One training's folder; its name cannot be guessed."""

    folder: Path

    @property
    def key(self) -> str:
        """What it is called by in the app."""
        return self.folder.name

    @property
    def order(self) -> Order:
        """What was asked for; raises TrainingError where the folder is damaged."""
        try:
            return from_json(Order, json.loads((self.folder / ORDER).read_text("utf-8")), ORDER)
        except (OSError, ValueError, AppearanceError) as error:
            raise TrainingError(f"The training in {self.folder.name} cannot be read: {error}.") from error

    def want(self, wanted: Wanted) -> None:
        """Note whether it is to run, to pause, or to be left as it is; or that it failed."""
        self._write(dataclasses.replace(self.order, wanted=wanted))

    @property
    def config(self) -> TrainConfig:
        """Its training config."""
        return read_request(self.folder)[0]

    @property
    def journal(self) -> list[dict]:
        """Where it stood, once a second or so; oldest first."""
        return read_journal(self.folder)

    @property
    def last(self) -> dict:
        """Where it stood last; empty before its first iteration."""
        return last_entry(self.folder)

    @property
    def ended(self) -> str | None:
        """How it ended by itself ("finished" or "not finite"), if it has."""
        status = self.last.get("status")
        return status if status in ("finished", "not finite") else None

    @property
    def result(self) -> Path | None:
        """The picture of exemplar and result, once there is one."""
        path = self.folder / RESULT
        return path if path.exists() else None

    @property
    def has_material(self) -> bool:
        """Whether a material was saved."""
        return (self.folder / MATERIAL / CONFIG).exists()

    def rename(self, name: str) -> None:
        """Give it and its material another name; raises TrainingError for what is no name. Not while it is trained."""
        name = name.strip()
        if not re.fullmatch(NAME, name):
            raise TrainingError(f"{name[:60]!r} is no name: it has up to 60 letters, digits, spaces and - _ . , ( ) in it.")
        if self.has_material:
            rename(self.folder / MATERIAL, name)
        self._write(dataclasses.replace(self.order, name=name))

    def copy_material(self, place: Path) -> None:
        """Copy its checkpoint, as it is at this moment, into a folder; raises TrainingError where there is none yet."""
        source = self.folder / MATERIAL
        try:
            for _ in range(3):
                before = (source / CONFIG).stat().st_mtime_ns
                for name in FILES:
                    if name not in _OPTIONAL or (source / name).exists():
                        shutil.copyfile(source / name, place / name)
                if (source / CONFIG).stat().st_mtime_ns == before:
                    return
        except OSError as error:
            raise TrainingError("There is no material yet: it is saved every two minutes, and at a pause.") from error

    @property
    def complaint(self) -> str:
        """The last line that the training process said."""
        try:
            lines = (self.folder / LOG).read_text("utf-8", errors="replace").replace("\r", "\n").splitlines()
        except FileNotFoundError:
            return ""
        return next((line.strip() for line in reversed(lines) if line.strip()), "")

    def _write(self, order):
        text = json.dumps(to_json(order), indent=1)
        try:
            write_atomically(self.folder / ORDER, lambda file: file.write(text.encode()))
        except OSError as error:
            raise TrainingError(f"The training cannot be changed: {error.strerror or error}.") from error


def new_run(root: Path, exemplar: Path, config: TrainConfig, order: Order) -> Run:
    """A folder for a training that is to start, with its exemplar in it.

    Raises ConfigError for texts that are none, and TrainingError where it cannot be written.
    """
    from_json(Order, to_json(order), "training")
    folder = root / f"{re.sub(r'[^a-z0-9]+', '_', order.name.lower())[:40]}-{secrets.token_urlsafe(9)}"
    try:
        with appearing(folder) as partial:
            suffix = exemplar.suffix if re.fullmatch(r"\.[A-Za-z0-9]{1,5}", exemplar.suffix) else ""
            copied = partial / f"exemplar{suffix}"
            (shutil.copytree if exemplar.is_dir() else shutil.copyfile)(exemplar, copied)
            write_request(partial, config, {"name": order.name})
            Run(partial)._write(dataclasses.replace(order, exemplar=copied.name, created=time.time()))
    except OSError as error:
        raise TrainingError(f"The training cannot be kept in {root}: {error.strerror or error}.") from error
    return Run(folder)


def read_runs(root: Path, order_of: Callable[[Run], Order] = lambda run: run.order) -> list[tuple[Run, Order]]:
    """All trainings below a folder, as they were asked for one after the other; damaged folders are passed over.

    `order_of` gives what was asked for, or raises TrainingError.
    """
    found = []
    for path in root.iterdir() if root.is_dir() else ():
        if is_partial(path) or path.name in (LOCK, HOLDER):
            continue
        try:
            found.append((Run(path), order_of(Run(path))))
        except TrainingError:
            continue
    return sorted(found, key=lambda pair: pair[1].created)
