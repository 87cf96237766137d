"""Every model of the paper's release as a material of ours, each whole or not at all."""

import contextlib
import dataclasses
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from ..checkpoints.baking import bake
from ..checkpoints.checkpoint import EXEMPLAR, MAX_PARAMETERS, PREVIEW, check_config, save
from ..config.schema import Exemplar, MaterialConfig, Times
from ..data import ExemplarFrames, load_exemplar
from ..errors import AppearanceError, CheckpointError, ExemplarError
from ..runtime.regular_files import display_path, expand_home, is_folder
from .architecture import Given, recognise
from .release import Files, Found, find_models, opened
from .weights import WEIGHTS, import_official

NAME = re.compile(r"[\w-]{1,100}")
EXEMPLAR_SIZES = {"rgb": 128, "svbrdf": 256}
_MAX_FRAMES = 1000
_MAX_BYTES = 4 * MAX_PARAMETERS + (1 << 20)


@dataclasses.dataclass(frozen=True)
class Imported:
    """What became of one model: the folder and facts of its material, or the sentence that says why there is none.

    `exemplar` tells whether its exemplar was found, and `note` what was wrong with that.
    """

    name: str
    source: str
    folder: Path | None = None
    config: MaterialConfig | None = None
    exemplar: bool = False
    note: str = ""
    error: str = ""


def import_release(
    path: Path | str,
    out: Path | str,
    *,
    name: str | None = None,
    prefix: str = "",
    replace: bool = False,
    previews: bool = True,
    given: Given = Given(),
    adapt: Callable[[MaterialConfig], MaterialConfig] = lambda config: config,
) -> Iterator[Imported]:
    """Import every `model.eqx` of a zip file or folder into `out`/NAME; yields what became of each, in turn.

    Names are those of the folders, after `prefix`; `name` replaces that of a single one. A name that is taken is refused
    unless `replace`. Without `previews` nothing is solved, and the folders have no preview and no keyframes. `given` and
    `adapt` say what the files do not. A model that cannot be imported does not stop the others.
    Raises CheckpointError where there is none at all, and for a zip file that is not safe, before anything is written.
    """
    path, out = expand_home(path, CheckpointError), Path(out)
    with opened(path) as files:
        models = find_models(files, path.resolve().name if is_folder(path) else path.stem)
        if not models:
            raise CheckpointError(f"{display_path(path)} holds no {WEIGHTS}, at its top or in any folder of it.")
        if name is not None and len(models) > 1:
            raise CheckpointError(
                f"{display_path(path)} holds {len(models)} models: a name is for one; give a prefix for all of them."
            )
        for model in models:
            called = prefix + (name or model.name)
            source = str(model.folder / WEIGHTS)
            try:
                yield _import_one(files, model, called, source, out, replace, previews, given, adapt)
            except AppearanceError as error:
                yield Imported(called, source, error=str(error))
            except OSError as error:
                yield Imported(called, source, error=f"{out / called} cannot be written: {error.strerror or error}.")


def _import_one(files, model, name, source, out, replace, previews, given, adapt) -> Imported:
    if not NAME.fullmatch(name):
        raise CheckpointError(f"A name has letters, digits, - and _ only, up to 100 of them, not {name[:110]!r}.")
    place = out / name
    if place.exists() and not replace:
        raise CheckpointError(f"There is a material {name} in {out} already: import it under another name, or replace it.")
    with tempfile.TemporaryDirectory(prefix="ode-appearance-import-") as unpacked:
        folder = Path(unpacked)
        for file in model.files:
            if files.sizes[file] > _MAX_BYTES:
                raise CheckpointError(f"{file} has {files.sizes[file]:,} bytes; no model has more than {_MAX_BYTES:,}.")
            files.copy(file, folder / file.name)
        config = recognise(folder / WEIGHTS, name, lit=len(model.files) > 1, given=given)
        exemplar, note = _exemplar_of(files, model, config.kind, folder)
        if exemplar is not None:
            config = _timed_by(config, exemplar)
        config = adapt(dataclasses.replace(config, exemplar=Exemplar(model.name)))
        check_config(config)
        material = import_official(folder, config)
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=f".{name}.") as staging:
            staged = save(material, Path(staging) / name, preview=None if previews else b"")
            if previews:
                bake(staged)
            else:
                (staged / PREVIEW).unlink()
            if exemplar is not None:
                _write_exemplar(exemplar, staged / EXEMPLAR)
            _put_in_place(staged, place, Path(staging) / "before")
    return Imported(name, source, place, material.config, exemplar is not None, note)


def _exemplar_of(files: Files, model: Found, kind, folder: Path) -> tuple[ExemplarFrames | None, str]:
    """The exemplar of a model, if it lies beside it; where that cannot be read, the sentence that says why."""
    if not model.exemplar:
        return None, ""
    frames = folder / "frames"
    frames.mkdir()
    for file in model.exemplar:
        files.copy(file, frames / file.name)
    path = frames if len(model.exemplar) > 1 else frames / model.exemplar[0].name
    most = _MAX_FRAMES if kind == "rgb" else None
    try:
        return load_exemplar(path, kind, size=EXEMPLAR_SIZES[kind], frames=most, name=model.name), ""
    except ExemplarError as error:
        return None, f"without its exemplar: {error}"


def _timed_by(config, exemplar):
    """An RGB texture's span is as long as its exemplar has frames; an SVBRDF's exemplar has 100."""
    if config.kind == "svbrdf":
        return config
    interval, count = config.times.frame_interval, len(exemplar)
    return dataclasses.replace(config, times=Times(0.2 * interval * count, interval * count, interval, count))


def _write_exemplar(exemplar, path):
    frames = [Image.fromarray(frame.transpose(1, 2, 0)) for frame in exemplar.frames]
    # As large as it was trained on, and exact.
    frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:], lossless=True, duration=100)


def _put_in_place(staged, place, before):
    """Move a finished folder to its place; what was there is back where that fails."""
    with contextlib.ExitStack() as undo:
        if place.exists():
            os.replace(place, before)
            undo.callback(os.replace, before, place)
        os.replace(staged, place)
        undo.pop_all()
