"""Exports: pictures, animations, map sets and states of a material as files, and what the published samplers write."""

from .config import ExportConfig
from .estimate import estimate_bytes
from .exporting import check_export, export
from .published import write_published

__all__ = ["ExportConfig", "check_export", "estimate_bytes", "export", "write_published"]
