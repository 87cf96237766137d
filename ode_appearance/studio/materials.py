"""The materials of a folder as the studio shows them: sound ones with their facts, broken ones with what is wrong."""

import dataclasses
import threading
from pathlib import Path

from ..checkpoint import PREVIEW, checked_file, count_parameters, load_folder
from ..collection import checkpoints_folder, list_materials
from ..config import MaterialConfig
from ..errors import AppearanceError, CheckpointError
from ..material import Material

BRDF_TITLES = {
    "diffuse_cook_torrance": "diffuse and Cook-Torrance, anisotropic",
    "diffuse_iso_cook_torrance": "diffuse and Cook-Torrance",
    "compl_cook_torrance": "metallic Cook-Torrance, anisotropic",
    "compl_iso_cook_torrance": "metallic Cook-Torrance",
    "cook_torrance": "Cook-Torrance, anisotropic",
    "iso_cook_torrance": "Cook-Torrance",
}


@dataclasses.dataclass(frozen=True)
class Entry:
    """A sound checkpoint folder."""

    name: str
    material: Material
    preview: Path | None

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
        self._opened: dict[str, Entry | BrokenEntry] = {}
        self._lock = threading.Lock()

    @property
    def entries(self) -> list[Entry | BrokenEntry]:
        """Every checkpoint folder, sound ones first, by name."""
        with self._lock:
            if self._entries is None:
                entries = [_read(self.folder / name) for name in list_materials(self.folder)]
                self._entries = sorted(entries, key=lambda entry: isinstance(entry, BrokenEntry))
            return self._entries

    @property
    def sound(self) -> list[Entry]:
        """Those that are materials."""
        return [entry for entry in self.entries if isinstance(entry, Entry)]

    def open(self, name: str, folder: Path) -> Entry:
        """Read a checkpoint folder anew, to be found by this name alone; raises CheckpointError where it is none."""
        self._opened[name] = dataclasses.replace(_read(folder), name=name)
        return self.find(name)

    def find(self, name: str) -> Entry:
        """The sound material of a name; raises CheckpointError for all others. A name is never a path here."""
        for entry in [*self.entries, *self._opened.values()]:
            if entry.name == name:
                if isinstance(entry, BrokenEntry):
                    raise CheckpointError(entry.error)
                return entry
        known = ", ".join(entry.name for entry in self.sound) or "none"
        raise CheckpointError(f"There is no material {name!r}; there are: {known}.")


def _read(folder: Path) -> Entry | BrokenEntry:
    try:
        material = load_folder(folder)
    except AppearanceError as error:
        return BrokenEntry(folder.name, str(error))
    try:
        preview = checked_file(folder, PREVIEW)
    except CheckpointError:
        preview = None  # it can be solved all the same
    return Entry(folder.name, material, preview)


def title(name: str) -> str:
    """`rusting_steel` as people write it."""
    return name.replace("_", " ").strip().capitalize()


def kind_label(config: MaterialConfig) -> str:
    """What kind of material it is, in a few words."""
    return "RGB texture" if config.brdf is None else f"SVBRDF: {BRDF_TITLES[config.brdf]}"


def facts(entry: Entry) -> list[tuple[str, str]]:
    """What there is to know of a sound material, as (label, text) pairs; the texts are not to be trusted as HTML."""
    config = entry.config
    architecture, times, solver = config.architecture, config.times, config.solver
    weights = f"{count_parameters(architecture):,} parameters, {architecture.channels} channels"
    stepping = f"steps of {solver.fixed_step:g}" if solver.fixed_step else f"tolerance {solver.rtol:g}"
    rows = [
        ("Kind", kind_label(config)),
        ("Exemplar", config.exemplar.name),
        ("Took in reality", config.exemplar.real_duration),
        ("Credit", config.exemplar.credit),
        ("Licence", config.exemplar.license),
        ("Model time", f"{times.warmup:g} of warm-up, {times.duration:g} of {times.frames} frames"),
        ("Network", weights),
        ("Trained for", f"{solver.method}, {stepping}"),
        *((name.replace("_", " ").capitalize(), str(value)) for name, value in config.training.items() if value is not None),
        *((name.replace("_", " ").capitalize(), str(value)) for name, value in config.measures.items() if value is not None),
    ]
    return [(label, text) for label, text in rows if text]
