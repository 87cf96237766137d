"""Import of all models of the paper's release as materials; each is complete or absent."""

import contextlib
import dataclasses
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from PIL import Image

from ..checkpoints.checkpoint import EXEMPLAR, MAX_PARAMETERS, check_config, save_folder
from ..checkpoints.keyframe_baking import bake
from ..checkpoints.preview import bake_preview
from ..config.schema import Exemplar, MaterialConfig, Times
from ..data import ExemplarFrames, load_exemplar
from ..errors import AppearanceError, CheckpointError, ExemplarError
from ..runtime.regular_files import display_path, expand_home, is_folder
from .infer_architecture import ArchitectureHints, infer_config
from .published_weights import WEIGHTS, import_official
from .release import ReleaseFiles, ReleaseModel, find_models, open_release

NAME = re.compile(r"[\w-]{1,100}")
EXEMPLAR_SIZES = {"rgb": 128, "svbrdf": 256}
_MAX_FRAMES = 1000
_MAX_BYTES = 4 * MAX_PARAMETERS + (1 << 20)


@dataclasses.dataclass(frozen=True)
class ImportResult:
    """The result for one model: folder and configuration of its material, or an error message.

    `exemplar` says whether the exemplar was imported, and `note` why it was not.
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
    hints: ArchitectureHints = ArchitectureHints(),
    adapt: Callable[[MaterialConfig], MaterialConfig] = lambda config: config,
) -> Iterator[ImportResult]:
    """Import every `model.eqx` of a zip file or folder into `out`/NAME.

    A model that cannot be imported does not stop the others.

    Args:
        path: Zip file or folder.
        out: The folder for the materials.
        name: Name of the only model; default: that of its folder.
        prefix: Start of all names.
        replace: Replace existing materials; otherwise their names are errors.
        previews: Bake previews and keyframes, which solves each material.
        hints: Properties that the files may not determine.
        adapt: Changes a configuration before the import.

    Yields:
        The result of each model.

    Raises:
        CheckpointError: Where there is no model at all, or for an unsafe zip file, before anything is written.
    """
    path, out = expand_home(path, CheckpointError), Path(out)
    with open_release(path) as files:
        models = find_models(files, path.resolve().name if is_folder(path) else path.stem)
        if not models:
            raise CheckpointError(f"{display_path(path)} holds no {WEIGHTS} at any depth.", code="no-model")
        if name is not None and len(models) > 1:
            raise CheckpointError(
                f"{display_path(path)} holds {len(models)} models: use a prefix instead of a name.", code="several-models"
            )
        for model in models:
            material_name = prefix + (name or model.name)
            source = str(model.folder / WEIGHTS)
            try:
                yield _import_one(files, model, material_name, source, out, replace, previews, hints, adapt)
            except AppearanceError as error:
                yield ImportResult(material_name, source, error=str(error))
            except OSError as error:
                yield ImportResult(
                    material_name, source, error=f"{out / material_name} cannot be written: {error.strerror or error}."
                )


def _import_one(files, model, name, source, out, replace, previews, hints, adapt) -> ImportResult:
    if not NAME.fullmatch(name):
        raise CheckpointError(f"A name has up to 100 letters, digits, - and _, not {name[:110]!r}.")
    place = out / name
    if place.exists() and not replace:
        raise CheckpointError(f"There is a material {name} in {out} already: choose another name, or replace it.")
    with tempfile.TemporaryDirectory(prefix="ode-appearance-import-") as unpacked:
        folder = Path(unpacked)
        for file in model.files:
            if files.sizes[file] > _MAX_BYTES:
                raise CheckpointError(f"{file} has {files.sizes[file]:,} bytes; the maximum for a model is {_MAX_BYTES:,}.")
            files.copy(file, folder / file.name)
        config = infer_config(folder / WEIGHTS, name, has_light=len(model.files) > 1, hints=hints)
        exemplar, note = _exemplar_of(files, model, config.kind, folder)
        if exemplar is not None:
            config = _with_exemplar_times(config, exemplar)
        config = adapt(dataclasses.replace(config, exemplar=Exemplar(model.name)))
        check_config(config)
        material = import_official(folder, config)
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=f".{name}.") as staging:
            staged = save_folder(material, Path(staging) / name, bake_preview(material) if previews else None)
            if previews:
                bake(staged)
            if exemplar is not None:
                _write_exemplar(exemplar, staged / EXEMPLAR)
            _move_into_place(staged, place, Path(staging) / "before")
    return ImportResult(name, source, place, material.config, exemplar is not None, note)


def _exemplar_of(files: ReleaseFiles, model: ReleaseModel, kind, folder: Path) -> tuple[ExemplarFrames | None, str]:
    """The exemplar of a model, if it lies beside it, and a note where it cannot be read."""
    if not model.exemplar:
        return None, ""
    frames = folder / "frames"
    frames.mkdir()
    for file in model.exemplar:
        files.copy(file, frames / file.name)
    path = frames if len(model.exemplar) > 1 else frames / model.exemplar[0].name
    max_frames = _MAX_FRAMES if kind == "rgb" else None
    try:
        return load_exemplar(path, kind, size=EXEMPLAR_SIZES[kind], frames=max_frames, name=model.name), ""
    except ExemplarError as error:
        return None, f"without its exemplar: {error}"


def _with_exemplar_times(config, exemplar):
    """Times by the exemplar's number of frames for an RGB texture; an SVBRDF's exemplar always has 100."""
    if config.kind == "svbrdf":
        return config
    interval, count = config.times.frame_interval, len(exemplar)
    return dataclasses.replace(config, times=Times(0.2 * interval * count, interval * count, interval, count))


def _write_exemplar(exemplar, path):
    frames = [Image.fromarray(frame.transpose(1, 2, 0)) for frame in exemplar.frames]
    # Lossless, at training resolution.
    frames[0].save(path, "WEBP", save_all=True, append_images=frames[1:], lossless=True, duration=100)


def _move_into_place(staged, place, before):
    """Move a finished folder into place; the previous one is restored on failure."""
    with contextlib.ExitStack() as undo:
        if place.exists():
            os.replace(place, before)
            undo.callback(os.replace, before, place)
        os.replace(staged, place)
        undo.pop_all()
