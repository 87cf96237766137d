"""`export`: write a picture, an animation, maps or states of a material to one file."""

import contextlib
import dataclasses
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from ..export import ExportConfig, check_age_keyframes, check_export, estimate_bytes, export, written_size
from .options import add_fields, add_request, add_solver, checked, load_material, read_size, read_solver, read_times
from .view_options import add_view, read_view

_FIELDS = [field.name for field in dataclasses.fields(ExportConfig)]


def add_to(verbs) -> None:
    """Add the verb to the parser."""
    parser = verbs.add_parser("export", help="write a picture, an animation, maps or states of a material to one file")
    add_request(parser)
    add_view(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="file to write, with the suffix of the format")
    add_fields(parser, ExportConfig, _FIELDS)
    add_solver(parser)
    parser.set_defaults(run=run)


def run(options) -> None:
    """Print the estimated size, solve and write with a progress bar, and print the file's path."""
    config = ExportConfig(**checked(ExportConfig, {name: getattr(options, name) for name in _FIELDS}))
    material = load_material(options)
    times, size = read_times(options, material.config), read_size(options.size)
    view = read_view(options, material.config, size)
    visible = {name: view[name] for name in ("exposure", "tiles", "surface", "channel")}
    times = check_export(material.config, options.out, config, times, size, **visible)
    check_age_keyframes(material.config, config, view["age"], None, times, size, view["channel"])
    request = {"seed": options.seed or 0, "size": size, "solver": read_solver(options, material.config), **view}
    written = written_size(config, size, view["tiles"], view["surface"])
    estimate = estimate_bytes(material.config, config, size=written, frames=len(times), times=times)
    print(f"About {estimate / 1e6:.2g} MB.", file=sys.stderr)
    with progress_bar("exporting") as progress:
        export(material, options.out, config, times=times, **request, progress=progress)
    print(options.out)


@contextlib.contextmanager
def progress_bar(what: str) -> Iterator[Callable[[float], object]]:
    """A progress bar on standard error, if that is a terminal, for a growing share in [0, 1]."""
    from tqdm import tqdm

    with tqdm(
        total=1.0, desc=what, disable=not sys.stderr.isatty(), bar_format="{desc}: {percentage:3.0f}%|{bar}| {elapsed}"
    ) as bar:
        yield lambda share: bar.update(share - bar.n)
