"""Exports: pictures, animations, map sets and states of a material as files, and what the published samplers write."""

from .checking import check_export, written_size
from .config import ExportConfig
from .estimate import estimate_bytes
from .exporting import export
from .painted import check_aging, usual_keyframes
from .published import write_published

__all__ = [
    "ExportConfig",
    "check_aging",
    "check_export",
    "estimate_bytes",
    "export",
    "usual_keyframes",
    "write_published",
    "written_size",
]
