"""Exports: pictures, animations, map sets and states of a material as files, and what the published samplers write."""

from .checking import check_export, written_size
from .export_config import ExportConfig
from .exporting import export
from .painted import check_aging, usual_keyframes
from .published.samplers import write_published
from .size_estimate import estimate_bytes

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
