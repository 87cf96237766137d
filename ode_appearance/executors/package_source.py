"""This package as a zip file, for machines without it."""

import importlib.metadata
import zipfile

from ..runtime.folders import PACKAGE
from .run_archive import zipped

REQUIREMENTS = "requirements.txt"


def pack_source() -> bytes:
    """A zip file of the package and of its requirements.txt; the same bytes for the same source."""
    paths = sorted(path for path in PACKAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    files = {path.relative_to(PACKAGE.parent).as_posix(): path.read_bytes() for path in paths}
    return zipped({**files, REQUIREMENTS: _requirements().encode()}, zipfile.ZIP_DEFLATED)


def _requirements():
    beside = PACKAGE.parent / REQUIREMENTS
    if beside.is_file():
        return beside.read_text("utf-8")
    required = importlib.metadata.requires(PACKAGE.name) or ()
    return "".join(f"{line}\n" for line in required if "extra ==" not in line)
