"""The pictures that materials were trained on, where they are at hand, as keyframes for the viewer."""

import threading
from pathlib import Path

from ...data import load_exemplar
from ...data.dataset import find_exemplar
from ...errors import AppearanceError, ExemplarError
from ...keyframes.bundle import Bundle, write_bundle
from ...keyframes.codec import encode_keyframe
from ..materials.shipped_materials import Entry
from ..storage.keyframe_store import KeyframeFiles
from .render_jobs import data_url

MOST_FRAMES = 48


class Exemplars:
    """Finds an entry's exemplar: its own, or one of its name in a folder or among the examples."""

    def __init__(self, files: KeyframeFiles, folder: Path | None = None):
        self._files, self._folder = files, folder
        self._found: dict[str, Path | None] = {}
        self._bundles: dict[tuple, Path] = {}
        self._lock = threading.Lock()

    def find(self, entry: Entry) -> Path | None:
        """Its file or folder, if it is at hand."""
        if entry.exemplar is not None:
            return entry.exemplar
        name = entry.config.exemplar.name
        if name not in self._found:
            self._found[name] = find_exemplar(name, self._folder)
        return self._found[name]

    def picture(self, entry: Entry) -> dict[str, str]:
        """For the viewer: {"address": a data URL of a bundle (see `bundle`)} or {"error": a sentence}."""
        try:
            return {"address": data_url(self.bundle(entry).read_bytes())}
        except (AppearanceError, OSError) as error:
            return {"error": str(error)}

    def bundle(self, entry: Entry) -> Path:
        """A file of keyframes (see keyframes/bundle.py) of its frames at their model times; raises ExemplarError without
        one."""
        path = self.find(entry)
        if path is None:
            raise ExemplarError("The pictures that this material was trained on are not at hand.")
        asked = path, entry.config.kind, _size(entry), entry.config.times.duration
        with self._lock:
            if not (asked in self._bundles and self._bundles[asked].exists()):
                content = write_bundle(_bundle(*asked))
                self._bundles[asked] = self._files.write(self._files.folder(), "exemplar.bin", content)
            return self._bundles[asked]


def _size(entry):
    """The side of the exemplar at which its texels are as large as the material's."""
    size = entry.config.training.get("exemplar_size")
    usual = 128 if entry.config.kind == "rgb" else 256
    return size if isinstance(size, int) and 32 <= size <= 512 else usual


def _bundle(path, kind, size, duration):
    exemplar = load_exemplar(path, kind, size=size, frames=MOST_FRAMES, duration=duration)
    keyframes, before = [], None
    for time in exemplar.times:
        file, before = encode_keyframe({"image": exemplar.frame_at(time)}, before)
        keyframes.append(file)
    return Bundle(0, (size, size), tuple(exemplar.times.tolist()), "", tuple(keyframes))
