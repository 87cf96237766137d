"""Materials beside the shipped ones: those of the Hugging Face Hub, and those that a browser has trained."""

import contextlib
import itertools
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypedDict

from ...checkpoints import hub
from ...checkpoints.checkpoint import EXEMPLAR
from ...errors import AppearanceError, CheckpointError, HubError, TrainingError
from ...paper_models.importer import ImportResult, import_release
from ...web.scene import title
from ..storage.keyframe_store import KeyframeFiles
from ..trainings.supervisor import Trainings
from .shipped_materials import Collection, Entry

MOST_MODELS = 100
"""Of one zip file; the paper's release has 43."""


class Row(TypedDict):
    """A material in a list: what it is opened by, and two lines of text on it, not to be trusted as HTML."""

    name: str
    title: str
    label: str


class Library:
    """Finds, opens and looks after them. Without trainings there are no own ones; with `hub` false, none of the Hub.

    The Hub is asked as by a stranger, whoever is logged in on this machine: what is private to them is not for visitors.
    """

    def __init__(self, collection: Collection, files: KeyframeFiles, trainings: Trainings | None, *, hub: bool):
        self.collection, self.trainings, self.hub, self._files = collection, trainings, hub, files

    def search(self, query: str) -> list[Row]:
        """What the Hub has; raises HubError where it cannot be asked."""
        return [_found_row(found) for found in hub.list_hub(query or "", token=False)]

    def fetched(self, query: str) -> list[Row]:
        """What is there without the Hub."""
        names = hub.fetched(query or "")
        return [Row(name=name, title=title(name.partition("/")[2]), label="on this machine") for name in names]

    def open_from_hub(self, name: str) -> Entry:
        """Fetch `user/repo[@revision]` and open it by that name, for everybody who knows it; raises CheckpointError."""
        name = str(name).strip()
        folder = hub.fetch(name, token=False)
        return self._open(name, folder, commit=folder.name)

    def open_release(self, path: Path) -> Iterator[tuple[ImportResult, Entry | None]]:
        """Import the models of the paper's release in a zip file, and open each by a name that cannot be guessed.

        Yields what became of each, and its entry where it was imported, which lasts as long as the app and no longer. Raises
        CheckpointError for a zip file that holds none or is not safe.
        """
        with tempfile.TemporaryDirectory(dir=self._files.root) as place:
            for result in itertools.islice(import_release(path, place, previews=False), MOST_MODELS):
                if result.folder is None:
                    yield result, None
                    continue
                exemplar = self.served(result.folder / EXEMPLAR) if result.exemplar else None
                yield result, self._open(f"{result.name}_{secrets.token_hex(8)}", result.folder, exemplar)
                shutil.rmtree(result.folder)

    def open_linked(self, name: str, owner: str | None) -> None:
        """Open the material that a link names, one of the Hub or the browser's own; what cannot be opened is missed later."""
        with contextlib.suppress(CheckpointError):
            self.collection.find(name)
            return
        with contextlib.suppress(AppearanceError):
            if "/" not in name:
                self.open_own(owner or "", name)
            elif self.hub:
                self.open_from_hub(name)

    def hub_rows(self, names: list[str]) -> list[Row]:
        """Rows of materials that were opened from the Hub, the latest first; those that were forgotten since are left out."""
        rows = []
        for name in dict.fromkeys(reversed(names)):
            with contextlib.suppress(CheckpointError):
                rows.append(_hub_row(self.collection.find(name)))
        return rows

    def own_rows(self, owner: str) -> list[Row]:
        """A browser's own materials, the latest first."""
        if self.trainings is None:
            return []
        runs = [run for run in self.trainings.of(owner) if run.has_material]
        return [Row(name=run.key, title=run.order.name, label=self.trainings.status(run)) for run in runs]

    def open_own(self, owner: str, key: str) -> Entry:
        """Open a browser's own material, as it is at this moment, by its key; raises AppearanceError where there is none."""
        run = self._trainings.find(owner, key)
        with self._own(owner, key) as folder:
            return self._open(key, folder, run.folder / run.order.exemplar)

    def name_of_own(self, owner: str, key: str) -> str:
        """The name that a browser has given its own material; raises AppearanceError where there is none."""
        return self._trainings.find(owner, key).order.name

    def rename_own(self, owner: str, key: str, name: str) -> None:
        """Give a browser's own training and its material another name; raises AppearanceError where that is not possible."""
        trainings = self._trainings
        trainings.rename(trainings.find(owner, key), name)

    def delete_own(self, owner: str, key: str) -> None:
        """Delete a browser's own training and its material."""
        trainings = self._trainings
        trainings.delete(trainings.find(owner, key))
        self.collection.forget(key)

    def pack_own(self, owner: str, key: str) -> Path:
        """A zip file of a browser's own material, where the browser can fetch it."""
        with self._own(owner, key) as folder:
            archive = shutil.make_archive(str(folder), "zip", folder)
            return self._files.write(self._files.folder(), f"{key}.zip", Path(archive).read_bytes())

    def publish_own(self, owner: str, key: str, repo: str, token: str, private: bool) -> str:
        """Put a browser's own material on the Hub; returns its address there.

        The token is used this once, and that of whoever is logged in on this machine never. Raises AppearanceError where that
        is not possible.
        """
        if not (token or "").strip():
            raise HubError("Paste an access token with write permission, from huggingface.co/settings/tokens.")
        with self._own(owner, key) as folder:
            return hub.publish(folder, repo, token=token, private=private)

    def served(self, path: Path) -> Path:
        """A copy of a file where browsers can fetch it."""
        return self._files.write(self._files.folder(), path.name, path.read_bytes())

    @property
    def _trainings(self):
        if self.trainings is None:
            raise TrainingError("Nothing is trained here.")
        return self.trainings

    @contextlib.contextmanager
    def _own(self, owner, key):
        """A copy of an own material's folder, for a while."""
        run = self._trainings.find(owner, key)
        with tempfile.TemporaryDirectory(dir=self._files.root) as place:
            folder = Path(place) / run.key
            folder.mkdir()
            run.copy_material(folder)
            yield folder

    def _open(self, name, folder, exemplar=None, commit=None):
        try:
            return self.collection.open(name, folder, served=self.served, exemplar=exemplar, commit=commit)
        except CheckpointError as error:
            raise CheckpointError(str(error).replace(folder.name, name)) from error


def _found_row(found):
    changed = f"changed {found.modified}" if found.modified else ""
    label = [found.author, found.license or "no licence given", changed, f"{found.likes} likes" if found.likes else ""]
    return Row(name=found.repo, title=title(found.repo.partition("/")[2]), label=", ".join(filter(None, label)))


def _hub_row(entry):
    kind = "RGB texture" if entry.config.brdf is None else "SVBRDF"
    label = [entry.name, kind, entry.config.exemplar.license or "no licence given"]
    return Row(name=entry.name, title=title(entry.config.name), label=", ".join(label))
