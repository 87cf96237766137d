"""Exports: images, animations, map sets, states and web pages of a material; samples in the published samplers' layout."""

from .age_keyframes import check_age_keyframes, default_keyframes
from .export_checks import check_export, written_size
from .export_config import ExportConfig
from .exporting import export
from .published.samplers import write_published
from .size_estimate import estimate_bytes

__all__ = [
    "ExportConfig",
    "check_age_keyframes",
    "check_export",
    "default_keyframes",
    "estimate_bytes",
    "export",
    "write_published",
    "written_size",
]
