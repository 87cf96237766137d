"""`bake`: compute the keyframes that show a material before it is solved."""

from pathlib import Path

from ..checkpoints.checkpoint import KEYFRAMES, load_config
from ..checkpoints.keyframe_baking import bake, baked
from ..checkpoints.library import find_folder
from ..checkpoints.registry import list_materials
from ..errors import AppearanceError, RequestError
from ..keyframes.bundle import read_bundle
from ..runtime.atomic_io import write_atomically
from ..web.page import bundle_page


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("bake", help="write a material's keyframes.bin, which shows it before it is solved")
    parser.add_argument("names", nargs="*", help="names in checkpoints/, or folders (default: all without current keyframes)")
    parser.add_argument("--page", type=Path, metavar="FILE.html", help="also write a web page of one material")
    parser.set_defaults(run=run)


def run(options) -> None:
    """Bake the named materials, by default all of checkpoints/ that need it; a failure does not stop the others."""
    if options.page is not None and len(options.names) != 1:
        raise RequestError("A page shows one material: name it.")
    folders = [find_folder(name) for name in options.names]
    if not options.names:
        materials = [find_folder(name) for name in list_materials()]
        folders = [folder for folder in materials if baked(folder) is None]
    failed = []
    for folder in folders:
        try:
            path = bake(folder)
            print(f"{path} ({path.stat().st_size / 1e6:.2f} MB)", flush=True)
        except AppearanceError as error:
            failed.append(str(error))
    if failed:
        raise AppearanceError(" ".join(failed))
    if options.page is not None:
        (folder,) = folders
        text = bundle_page(load_config(folder), read_bundle((folder / KEYFRAMES).read_bytes()))
        try:
            write_atomically(options.page, lambda file: file.write(text.encode()))
        except OSError as error:
            raise RequestError(f"{options.page} cannot be written: {error.strerror or error}.") from error
        print(options.page)
