"""This package as a zip file, for machines without it."""

import importlib.metadata
import zipfile

from ..runtime.folders import PACKAGE, WHEEL_CHECKPOINTS, repository
from .run_archive import zipped

REQUIREMENTS = "requirements.txt"
_LEFT_OUT = {"__pycache__", WHEEL_CHECKPOINTS}
_MARKERS = {"", "extra == 'train'"}


def pack_source() -> bytes:
    """A zip file of the package and of its requirements.txt; the same bytes for the same source."""
    paths = sorted(path.relative_to(PACKAGE.parent) for path in PACKAGE.rglob("*") if path.is_file())
    sent = [path for path in paths if _LEFT_OUT.isdisjoint(path.parts)]
    files = {path.as_posix(): (PACKAGE.parent / path).read_bytes() for path in sent}
    return zipped({**files, REQUIREMENTS: _requirements().encode()}, zipfile.ZIP_DEFLATED)


def _requirements():
    if root := repository():
        return (root / REQUIREMENTS).read_text("utf-8")
    # Installed: site-packages may hold a requirements.txt of another project.
    split = (line.partition(";") for line in importlib.metadata.requires(PACKAGE.name) or ())
    return "".join(f"{name.strip()}\n" for name, _, marker in split if marker.strip().replace('"', "'") in _MARKERS)
