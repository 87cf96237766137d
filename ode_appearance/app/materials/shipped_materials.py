"""The materials of a folder as the studio shows them: sound ones with their facts, broken ones with what is wrong."""

import contextlib
import dataclasses
import threading
from collections.abc import Callable
from pathlib import Path

import jax

from ...checkpoints.checkpoint import EXEMPLAR, KEYFRAMES, PREVIEW, load_config, load_folder, safe_file
from ...checkpoints.keyframe_baking import baked
from ...checkpoints.registry import list_materials
from ...config.schema import MaterialConfig
from ...errors import AppearanceError, CheckpointError
from ...models.material import Material, start_sentence
from ...models.unet_weights import count_parameters
from ...runtime.folders import checkpoints_folder
from ...web.scene import kind_label

MOST_OPENED_BYTES = 1 << 30
"""Weights of materials that are kept beside those of the folder."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """A sound checkpoint folder: its preview and its baked keyframes where it has them, its exemplar where that is its own, its
    commit where it is of the Hub."""

    name: str
    material: Material
    preview: Path | None
    baked: Path | None = None
    exemplar: Path | None = None
    commit: str | None = None

    @property
    def config(self) -> MaterialConfig:
        """The material's facts."""
        return self.material.config


@dataclasses.dataclass(frozen=True)
class BrokenEntry:
    """A checkpoint folder that is none, and the sentence that says why."""

    name: str
    error: str


class Collection:
    """All materials of a folder, read once; `entries` waits until they are. Beside them, some that were opened by hand."""

    def __init__(self, folder: Path | str | None = None):
        self.folder = checkpoints_folder() if folder is None else Path(folder)
        self._entries: list[Entry | BrokenEntry] | None = None
        self._opened: dict[str, Entry] = {}
        self._lock = threading.Lock()

    @property
    def entries(self) -> list[Entry | BrokenEntry]:
        """Every checkpoint folder: sound ones first, of them those that can be relit, by name."""
        with self._lock:
            if self._entries is None:
                entries = [_read(self.folder / name) for name in self._ordered()]
                self._entries = sorted(entries, key=lambda entry: isinstance(entry, BrokenEntry))
            return self._entries

    def glimpse(self) -> list[tuple[str, Path | None]]:
        """(name, preview) of every checkpoint folder, before their weights are read."""
        with self._lock:
            return [(name, _file(self.folder / name, PREVIEW)) for name in self._ordered()]

    def glance(self, name: str) -> Entry | None:
        """A sound material of the folder by its name, without the others; None for all other names."""
        known = self._entries
        if known is not None:
            return next((entry for entry in known if entry.name == name and isinstance(entry, Entry)), None)
        read = _read(self.folder / name) if name in list_materials(self.folder) else None
        return read if isinstance(read, Entry) else None

    def first(self) -> Entry | None:
        """The first sound material, without those that come after it."""
        read = (_read(self.folder / name) for name in self._ordered())
        return next((entry for entry in read if isinstance(entry, Entry)), None)

    def _ordered(self):
        return sorted(list_materials(self.folder), key=lambda name: not _can_be_relit(self.folder / name))

    @property
    def sound(self) -> list[Entry]:
        """Those that are materials."""
        return [entry for entry in self.entries if isinstance(entry, Entry)]

    @property
    def names(self) -> list[str]:
        """Names of those that are materials."""
        return [entry.name for entry in self.sound]

    def open(
        self,
        name: str,
        folder: Path,
        *,
        served: Callable[[Path], Path] = lambda path: path,
        exemplar: Path | None = None,
        commit: str | None = None,
    ) -> Entry:
        """Read a checkpoint folder anew, to be found by this name alone; raises CheckpointError where it is none.

        `served` puts a file where browsers can fetch it. What was looked at longest ago is forgotten where all that was opened
        has more than MOST_OPENED_BYTES.
        """
        read = _read(folder)
        if isinstance(read, BrokenEntry):
            raise CheckpointError(read.error)
        files = {"preview": read.preview and served(read.preview), "baked": read.baked and served(read.baked)}
        entry = dataclasses.replace(read, name=name, exemplar=exemplar, commit=commit, **files)
        with self._lock:
            self._opened.pop(name, None)
            self._opened[name] = entry
            while sum(map(_bytes, self._opened.values())) > MOST_OPENED_BYTES and len(self._opened) > 1:
                self._opened.pop(next(iter(self._opened)))
        return entry

    def forget(self, name: str) -> None:
        """One that was opened by hand is no longer to be found."""
        with self._lock:
            self._opened.pop(name, None)

    def find(self, name: str) -> Entry:
        """The sound material of a name; raises CheckpointError for all others. A name is never a path here."""
        name = str(name)
        for entry in self.entries:
            if entry.name == name:
                if isinstance(entry, BrokenEntry):
                    raise CheckpointError(entry.error)
                return entry
        with self._lock:
            if name in self._opened:
                self._opened[name] = opened = self._opened.pop(name)  # the last to be forgotten
                return opened
        known = ", ".join(entry.name for entry in self.sound) or "none"
        raise CheckpointError(f"There is no material {name[:100]!r}; there are: {known}.")

    def served_files(self) -> list[Path]:
        """What browsers fetch where it lies: the previews and baked keyframes of the folder, and nothing else in it."""
        files = []
        for folder in [self.folder / name for name in list_materials(self.folder)]:
            for name in (PREVIEW, KEYFRAMES):
                with contextlib.suppress(CheckpointError):  # missing, or a link that leads out
                    files.append(safe_file(folder, name))
        return files


def _can_be_relit(folder):
    try:
        return load_config(folder).brdf is not None
    except AppearanceError:
        return False  # it is broken, which `_read` says


def _bytes(entry):
    return sum(leaf.nbytes for leaf in jax.tree.leaves(entry.material))


def _read(folder: Path) -> Entry | BrokenEntry:
    try:
        material = load_folder(folder)
    except AppearanceError as error:
        return BrokenEntry(folder.name, str(error))
    return Entry(folder.name, material, _file(folder, PREVIEW), baked(folder), _file(folder, EXEMPLAR))


def _file(folder, name):
    try:
        return safe_file(folder, name)
    except CheckpointError:
        return None  # it can be solved all the same


def facts(entry: Entry) -> list[tuple[str, str]]:
    """What there is to know of a sound material, as (label, text) pairs; the texts are not to be trusted as HTML."""
    config = entry.config
    architecture, times, solver = config.architecture, config.times, config.solver
    weights = f"{count_parameters(architecture):,} parameters, {architecture.channels} channels"
    stepping = f"steps of {solver.fixed_step:g}" if solver.fixed_step else f"tolerance {solver.rtol:g}"
    rows = [
        ("Kind", kind_label(config)),
        ("On the Hub", entry.name if "/" in entry.name else ""),
        ("Commit", entry.commit),
        ("Exemplar", config.exemplar.name),
        ("Took in reality", config.exemplar.real_duration),
        ("Credit", config.exemplar.credit),
        ("Licence", config.exemplar.license),
        ("Starts from", start_sentence(config)),
        ("Model time", f"{times.warmup:g} of warm-up, {times.duration:g} of {times.frames} frames"),
        ("Network", weights),
        ("Solved by", f"{solver.method}, {stepping}"),
        *((name.replace("_", " ").capitalize(), str(value)) for name, value in config.training.items() if value is not None),
        *((name.replace("_", " ").capitalize(), str(value)) for name, value in config.measures.items() if value is not None),
    ]
    return [(label, text) for label, text in rows if text]
